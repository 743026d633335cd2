#!/bin/sh
# 装成 /usr/local/bin/zhengwen：以 zhengwen 的身份、用 /etc/zhengwen/zhengwen.env 里的设置运行程序。由 root 运行。
set -eu
set -a
. /etc/zhengwen/zhengwen.env
set +a
cd /var/lib/zhengwen
exec runuser --user zhengwen -- /opt/zhengwen/.venv/bin/zhengwen "$@"
