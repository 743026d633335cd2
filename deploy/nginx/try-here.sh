#!/bin/sh
# 在一个文件夹里备好同样的 nginx 配置，只在本机的一个端口上试用，不动 /etc，不需要 root：
#   sh deploy/nginx/try-here.sh 文件夹 端口 进程的地址…
#   sh deploy/nginx/try-here.sh /tmp/zhengwen-nginx 8443 127.0.0.1:8001 127.0.0.1:8002
# 证书是当场自签的，只供试用。
set -eu
[ $# -ge 3 ] || { echo "用法：sh try-here.sh 文件夹 端口 进程的地址…" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/conf.d" "$1/logs" "$1/cache" "$1/temp"
to=$(cd "$1" && pwd)
port=$2
shift 2

sed -e "s|/etc/nginx/zhengwen|$to/zhengwen|" -e "s|/var/log/nginx|$to/logs|" -e "s|/var/cache/nginx|$to/cache|" \
    "$here/zhengwen.conf" > "$to/conf.d/zhengwen.conf"
rm -rf "$to/zhengwen"
cp -r "$here/zhengwen" "$to/zhengwen"
for process in "$@"; do
    echo "server $process max_fails=0;"
done > "$to/zhengwen/upstream.conf"
sed -e "s|listen 443 |listen 127.0.0.1:$port |" -e "s|/etc/zhengwen/tls|$to|" "$here/zhengwen/tls.conf" > "$to/zhengwen/tls.conf"
sed -e "s|listen 80;|listen unix:$to/plain.sock;|" "$here/zhengwen/plain.conf" > "$to/zhengwen/plain.conf"
[ -e "$to/privkey.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj "/CN=localhost" -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
    -keyout "$to/privkey.pem" -out "$to/fullchain.pem" 2>/dev/null
# 由 root 启动时，工作进程也要读得到这个文件夹。
user=""
[ "$(id -u)" -ne 0 ] || user="user root root;"
cat > "$to/nginx.conf" <<END
$user
pid $to/nginx.pid;
error_log $to/logs/error.log;
worker_processes auto;
events { worker_connections 4096; }
http {
    client_body_temp_path $to/temp/body;
    proxy_temp_path $to/temp/proxy;
    fastcgi_temp_path $to/temp/fastcgi;
    uwsgi_temp_path $to/temp/uwsgi;
    scgi_temp_path $to/temp/scgi;
    include conf.d/*.conf;
}
END
echo "已备好。核对：nginx -t -p $to -c nginx.conf"
echo "启动：nginx -p $to -c nginx.conf，然后打开 https://127.0.0.1:$port/"
echo "停止：nginx -p $to -c nginx.conf -s quit"
