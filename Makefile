# Common operations of the platform in deploy/compose.yaml, and of a checkout. `make` lists them.
COMPOSE := docker compose -f deploy/compose.yaml $(if $(CODEEXEC_TLS_DIR),-f deploy/compose.tls.yaml)
WORKERS ?= 2
LANGUAGES ?=
BACKUP ?= backup-$(shell date +%Y%m%d-%H%M%S)

.DEFAULT_GOAL := help
.PHONY: help up down restart build ps logs scale images health metrics reload-proxy backup restore clean start test bench doctor

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

up: ## start the platform, building what is missing
	$(COMPOSE) up -d --build
down: ## stop the platform; volumes stay
	$(COMPOSE) down
restart: ## drain and start again: make restart SERVICE=worker
	$(COMPOSE) restart $(SERVICE)
build: ## build the images
	$(COMPOSE) build
ps: ## what runs, and how it is
	$(COMPOSE) ps
logs: ## follow the logs: make logs SERVICE=worker
	$(COMPOSE) logs -f --tail 100 $(SERVICE)
scale: ## as many workers: make scale WORKERS=4
	$(COMPOSE) up -d --no-recreate --scale worker=$(WORKERS)
images: ## build images of languages in a worker: make images LANGUAGES="python go"
	$(COMPOSE) exec worker node dist/main/cli.js images build $(LANGUAGES)
health: ## what the api says of itself; fails where that is not ready
	$(COMPOSE) exec api node -e "fetch('http://127.0.0.1:3000/health/ready').then(async (a) => { console.log(await a.text()); process.exitCode = a.ok ? 0 : 1 })"
metrics: ## the api's figures
	$(COMPOSE) exec api node -e "fetch('http://127.0.0.1:3000/metrics').then(async (a) => console.log(await a.text()))"
reload-proxy: ## after the number of apis has changed
	$(COMPOSE) exec proxy nginx -s reload
backup: ## dump the database to a file: make backup BACKUP=name
	$(COMPOSE) exec -T mongodb mongodump --quiet --db codeexec --archive --gzip > $(BACKUP).archive.gz
restore: ## and back: make restore BACKUP=name
	$(COMPOSE) exec -T mongodb mongorestore --quiet --drop --archive --gzip < $(BACKUP).archive.gz
clean: ## stop the platform and delete its volumes: images, jobs, records, figures
	$(COMPOSE) down --volumes

start: ## the service in this checkout, without containers
	npm start
test: ## every check
	npm test
bench: ## the measurements
	npm run bench
doctor: ## what this machine can enforce
	node dist/main/cli.js doctor
