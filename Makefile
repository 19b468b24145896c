# awalmock: a mock server and a contract test suite for the Awal Conversations API. `make help` lists what there is.

.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := bin
GOBIN_TOOLS := $(CURDIR)/$(BIN)
FUZZTIME ?= 20s

CONSOLE := mockserver/server/console
CONTROL := mockserver/server/control/control.yaml
TYPES := mockserver/adminapi/types.go

GOLANGCI_VERSION := v2.15.0
GOFUMPT_VERSION := v0.12.0

.PHONY: help build run test contract page mutants lint generate generated fmt cover fuzz bench soak clients npm tools dist console e2e ci

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## both programs, into bin/
	go build -o $(BIN)/ ./mockserver ./contract

run: ## run the mock on 127.0.0.1:4010; flags: make run STORE=sqlite:awalmock.db ARGS="--auth=off --seed=2"
	go run ./mockserver $(if $(STORE),--store=$(STORE)) $(ARGS)

# The tests that -short makes shorter run in full without the race detector. The tests of replicas measure seconds in which a database has to answer, so
# that nothing else runs beside them. The long tests are run one package after the other, since those of the mutants keep both processors busy.
LONG_IN := ./contract/embedded ./contract/mutants ./mockserver/internal/spec ./mockserver/internal/webhook ./mockserver/mocktest ./mockserver/server
LONG := AllWays|MutantsAreKilled|LawfulServersAreAccepted|KinAgree|KeepTheOrder|AHundredMocks|ChangedAnywhere|DropsAnOperation|CostLittleMemory

test: ## all tests: with the race detector in their short form, then the long ones without it
	go test -race -short -timeout 20m $$(go list ./... | grep -v /mockserver/soak)
	go test -short ./mockserver/soak
	go test -p 1 -timeout 20m -run '$(LONG)' $(LONG_IN)

contract: build ## check the mock against the contract
	$(BIN)/contract --strict --capability second-client --capability rate-limit --capability send --capability tickets --capability contacts --capability branches --capability orders --capability invoices --capability control --capability webhooks

page: ## try the page at /docs in Chromium, if it is installed
	go test -v -run Browser ./mockserver/server/page

console: ## build the page at / from its sources, with Node; what is built is committed
	$(CONSOLE)/run.sh build

e2e: build ## build the page at / once more and compare; drive it in Chromium
	$(CONSOLE)/run.sh check
	AWALMOCK=$(CURDIR)/$(BIN)/mockserver $(CONSOLE)/run.sh test

mutants: ## measure the contract suite with faulty and lawful servers; the results are in mutants.json
	go run ./contract/mutants -o mutants.json
	go test -run 'Fault|Lawful' ./contract/mutants/otherserver

lint: $(BIN)/golangci-lint ## linters and import rules, and redocly for openapi.yaml
	$(BIN)/golangci-lint run ./...
	docs/clients/lint.sh

generate: ## write mockserver/adminapi/types.go from control.yaml
	go run -C .ci/adminapi . $(CURDIR)/$(CONTROL) $(CURDIR)/$(TYPES)

generated: ## fail if make generate would write other types than those that are committed
	@mkdir -p $(BIN)
	@go run -C .ci/adminapi . $(CURDIR)/$(CONTROL) $(CURDIR)/$(BIN)/types.txt
	@cmp $(BIN)/types.txt $(TYPES) || { echo "run make generate"; exit 1; }

fmt: $(BIN)/golangci-lint ## format the Go files
	$(BIN)/golangci-lint fmt ./...

cover: ## statement coverage of mockserver/internal and mockserver/server
	go test -coverpkg=./mockserver/internal/...,./mockserver/server/... -coverprofile=cover.out ./mockserver/...
	go tool cover -func=cover.out | tail -1

fuzz: ## each fuzz target for FUZZTIME (20s)
	@set -e; grep -rlE '^func Fuzz' --include='*_test.go' . | while read -r file; do \
		for target in $$(grep -oE '^func Fuzz[A-Za-z0-9_]+' "$$file" | cut -d' ' -f2); do \
			echo "$$target ($$file)"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s "./$$(dirname "$$file")"; \
		done; done

bench: ## speed and memory; see docs/benchmarks.md
	go run ./mockserver/bench

soak: ## a million webhooks with retries: none out of order, none doubled; ten kills of a mock with a store, twenty rounds of killed replicas, a killed database, a network that is cut or drops packets, and a failover: nothing acknowledged is lost; the memory of ten thousand idle workspaces; each fault of the second server and each lawful server with ten seeds; each generated mutant beside a mock that has read the whole changed document
	SOAK_KILLS=10 go test -v -count=1 -run KilledUnderLoad ./mockserver/cli
	SOAK_ROUNDS=20 go test -timeout 2h -v -count=1 ./mockserver/soak
	IDLE_WORKSPACES=10000 go test -v -count=1 -run IdleWorkspacesCost ./mockserver/server
	FAULT_SEEDS=10 go test -timeout 2h -v -count=1 -run EachFaultIsNoticed ./contract/mutants/otherserver
	go run ./contract/mutants -mutants=false -seeds 10
	MUTANTS_COMPARED=all go test -timeout 2h -v -count=1 -run AMutantIsTheMock ./contract/mutants
	SOAK_DELIVERIES=1000000 go test -timeout 2h -v -run OrderOfEachConversation ./mockserver/internal/webhook

clients: ## generate clients with six generators, use each operation once from Go and TypeScript, upload with axios, receive webhooks, collections
	docs/clients/generators.sh
	docs/clients/collections.sh
	docs/clients/run.sh
	docs/clients/axios.sh
	docs/clients/webhooks.sh

tools: $(BIN)/golangci-lint $(BIN)/gofumpt ## install the tools of lint and fmt into bin/

$(BIN)/golangci-lint:
	GOBIN=$(GOBIN_TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

$(BIN)/gofumpt:
	GOBIN=$(GOBIN_TOOLS) go install mvdan.cc/gofumpt@$(GOFUMPT_VERSION)

npm: ## pack the npm packages, install them from the packed files, and run their tests and examples with Node 20 and 22
	docs/clients/npm.sh

dist: ## a release in dist/: binaries, archives, deb, rpm, npm, images, Homebrew, Scoop, licences, list of modules, checksums
	go run -C .ci/dist . $(DIST) $(CURDIR) $(CURDIR)/dist
	.ci/dist/try.sh dist

ci: ## what CI runs: formatting, vet, generated types, tests (the mutants are one of them), the contract, the pages, the licences
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run make fmt"; exit 1; }
	go vet ./...
	$(MAKE) generated
	$(MAKE) test
	$(MAKE) contract
	$(MAKE) page
	$(MAKE) e2e
	go test -C .ci/dist ./licences
