'use strict'
// Finds a program of this package: where AWALMOCK_BINARY says, or in the package for this platform. There one file is both programs, which keeps the package
// small: it is the mock if it is started under the name awalmock (argv0).
var path = require('path')

var supported = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64']

module.exports = function binary(program) {
  var major = parseInt(process.versions.node, 10)
  if (major < 20) {
    throw new Error('this is Node ' + process.versions.node + ', and awalmock needs Node 20 or later')
  }
  if (process.env.AWALMOCK_BINARY) {
    return program === 'awalmock' ? process.env.AWALMOCK_BINARY : path.join(path.dirname(process.env.AWALMOCK_BINARY), program)
  }
  var platform = process.platform + '-' + process.arch
  if (supported.indexOf(platform) < 0) {
    throw new Error('there is no program for ' + platform + ', only for ' + supported.join(', ') +
      '; build one with Go and name it in AWALMOCK_BINARY')
  }
  var file = '@awalmock/' + platform + '/bin/awalmock-contract' + (process.platform === 'win32' ? '.exe' : '')
  try {
    return require.resolve(file)
  } catch (err) {
    throw new Error('the package @awalmock/' + platform + ' is not installed. Optional dependencies are needed: install again ' +
      'without --omit=optional or --no-optional (and, if node_modules came from another platform, remove it first)')
  }
}
