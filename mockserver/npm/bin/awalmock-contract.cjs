#!/usr/bin/env node
'use strict'
require('./run.cjs')('awalmock-contract', process.argv.slice(2))
