#!/usr/bin/env node
'use strict'
// `awalmock contract …` is the suite, and everything else the mock.
var args = process.argv.slice(2)
if (args[0] === 'contract') require('./run.cjs')('awalmock-contract', args.slice(1))
else require('./run.cjs')('awalmock', args)
