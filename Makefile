# What a developer runs. Everything happens in .venv, made on first use and again when pyproject.toml changes.
PYTHON ?= python3
PORT ?= 8000
# Of the tests: one per core, at most four, as each loads the model.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && echo 4 || echo $$n)
# Where the public data sets lie; they are not part of this project.
DATASETS ?= ../shared/data

BIN := .venv/bin
INSTALLED := .venv/installed-$(shell cksum pyproject.toml | cut -d' ' -f1)

.PHONY: help setup serve test check format bench quality clean

help:
	@echo "make serve   备好并启动服务：http://127.0.0.1:$(PORT)/"
	@echo "make test    运行全部测试"
	@echo "make check   检查格式、写法、类型和包之间的依赖"
	@echo "make bench   测量速度，结果写入 bench/"
	@echo "make quality 在公开数据集上测量检索和答复，更新 README 里的表"
	@echo "make setup   备好向量模型、示范内容和索引"
	@echo "make clean   删除 .venv 和各种缓存（.zhengwen 中的内容保留）"

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本，可用 make PYTHON=python3.12 指定。"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "无法建立虚拟环境。Debian 上请先安装 python3-venv。"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,check]'
	@rm -f .venv/installed-*
	@touch $@

setup: $(INSTALLED)
	$(BIN)/zhengwen setup

serve: setup
	ZHENGWEN_PORT=$(PORT) $(BIN)/zhengwen serve

test: $(INSTALLED)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m evaluation.benchmarks.embedding_bench --json bench/embedding.json
	$(BIN)/python -m evaluation.benchmarks.search_bench --json bench/search.json
	$(BIN)/python -m evaluation.benchmarks.refresh_bench --json bench/refresh.json
	$(BIN)/python -m evaluation.benchmarks.desk_bench --json bench/desk.json

quality: setup
	$(BIN)/zhengwen evaluate retrieval --dataset $(DATASETS)/ncp --json bench/retrieval-ncp.json
	$(BIN)/zhengwen evaluate retrieval --dataset $(DATASETS)/stard --json bench/retrieval-stard.json
	$(BIN)/zhengwen evaluate answers --dataset $(DATASETS)/ncp --json bench/answers-ncp.json
	$(BIN)/zhengwen evaluate validity --json bench/validity.json
	$(BIN)/zhengwen evaluate table bench/retrieval-ncp.json bench/retrieval-stard.json bench/answers-ncp.json --readme README.md

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
