# What a developer runs. Everything happens in .venv, made on first use and again when pyproject.toml changes.
PYTHON ?= python3
PORT ?= 8000
# Of the tests: one per core, at most four, as each loads the model.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && echo 4 || echo $$n)
# Where the public data sets lie; they are not part of this project.
DATASETS ?= ../shared/data
# Sizes at which the service is measured under load. 2000000 can be added where there are hours, and memory for an index of that size.
BENCH_PASSAGES ?= 20000 200000

BIN := .venv/bin
INSTALLED := .venv/installed-$(shell cksum pyproject.toml | cut -d' ' -f1)

.PHONY: help setup serve test check style types imports golden format bench trial quality report clean bench-peers

help:
	@echo "make serve   备好并启动服务：http://127.0.0.1:$(PORT)/"
	@echo "make test    运行全部测试"
	@echo "make check   检查格式、写法、类型和包之间的依赖，再问一遍金标题目：比基线变差就不通过"
	@echo "make golden  只问金标题目"
	@echo "make bench   测量速度，写成网页报告 bench/report.html，数字在 bench/ 下的 JSON 里；中断后再运行会接着测负载"
	@echo "make trial   故障与过载试验：两个进程、nginx、PostgreSQL、Valkey，十几分钟，结果写入 bench/trial.json"
	@echo "make bench-peers  与 txtai、haystack、langchain 等用同样的数据比较，各装在自己的环境里（约 4 GB）"
	@echo "make quality 在公开数据集上测量检索和答复，更新 README 里的表"
	@echo "make report  全部评测，写成网页报告 bench/report/report.html"
	@echo "make setup   备好向量模型、示范内容和索引"
	@echo "make clean   删除 .venv 和各种缓存（.zhengwen 中的内容保留）"

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本，可用 make PYTHON=python3.12 指定。"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "无法建立虚拟环境。Debian 上请先安装 python3-venv。"; exit 1; }
	@# Nineteen thousand files are compiled in a minute, and most of them are never loaded; the others are compiled as they are.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable '.[test,check]'
	@rm -f .venv/installed-*
	@touch $@

setup: $(INSTALLED)
	$(BIN)/zhengwen setup

serve: setup
	ZHENGWEN_PORT=$(PORT) $(BIN)/zhengwen serve

test: $(INSTALLED)
	@# In the order of tests/conftest.py, which is that of what takes longest.
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

# Its parts are independent: make --jobs does them side by side.
check: style types imports golden

style: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(INSTALLED)
	$(BIN)/mypy

imports: $(INSTALLED)
	$(BIN)/lint-imports

# On demonstration content of its own, below .zhengwen/evaluation; prepares what is missing.
golden: $(INSTALLED)
	$(BIN)/zhengwen evaluate golden --gate --split dev

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m evaluation.benchmarks.embedding_bench --json bench/embedding.json
	$(BIN)/python -m evaluation.benchmarks.search_bench --json bench/search.json
	$(BIN)/python -m evaluation.benchmarks.refresh_bench --json bench/refresh.json
	$(BIN)/python -m evaluation.benchmarks.desk_bench --json bench/desk.json
	$(BIN)/python -m evaluation.benchmarks.answer_bench --json bench/answers.json
	$(BIN)/python -m evaluation.benchmarks.load.bench --passages $(BENCH_PASSAGES)

# Needs nginx and openssl of the machine; everything else comes with the tests' packages. Models are shared with .zhengwen.
trial: setup
	$(BIN)/python -m evaluation.trials.load_trial --folder .zhengwen/trial --json bench/trial.json

# Neighbours are installed below .zhengwen/peers; what was measured is kept, so it can be cut off and continued. Without reranking: the
# token vectors of 60,000 articles take half an hour, and it speaks on few of these questions.
bench-peers: setup
	ZHENGWEN_RERANKER=off $(BIN)/python -m evaluation.peers.peer_bench $(DATASETS)/ncp $(DATASETS)/stard --json bench/peers.json --document docs/benchmarks.md

quality: setup
	$(BIN)/zhengwen evaluate retrieval --dataset $(DATASETS)/ncp --json bench/retrieval-ncp.json
	$(BIN)/zhengwen evaluate retrieval --dataset $(DATASETS)/stard --json bench/retrieval-stard.json
	$(BIN)/zhengwen evaluate retrieval --dataset $(DATASETS)/jianwu_faq --json bench/retrieval-jianwu_faq.json
	$(BIN)/zhengwen evaluate answers --dataset $(DATASETS)/ncp --json bench/answers-ncp.json
	$(BIN)/zhengwen evaluate validity --json bench/validity.json
	$(BIN)/zhengwen evaluate table bench/retrieval-ncp.json bench/retrieval-stard.json bench/retrieval-jianwu_faq.json bench/answers-ncp.json --readme README.md

report: $(INSTALLED)
	$(BIN)/zhengwen evaluate all --as-shipped --out bench/report

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
