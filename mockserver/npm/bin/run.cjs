'use strict'
// Runs a program of the package for this platform. It is written so that an old Node reads it and can say what is wrong.
var spawn = require('child_process').spawn
var binary = require('./binary.cjs')

module.exports = function run(program, args) {
  var path
  try {
    path = binary(program)
  } catch (err) {
    console.error('awalmock: ' + err.message)
    process.exit(2)
  }
  var child = spawn(path, args, { stdio: 'inherit', argv0: program })
  // A terminal sends Ctrl-C to both. What is sent to this process alone is passed on.
  ;['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  })
  child.on('error', function (err) {
    console.error('awalmock: ' + path + ' cannot be run: ' + err.message)
    process.exit(2)
  })
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal) // ends as the program did
  })
}
