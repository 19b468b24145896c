// Package main measures the contract suite: it runs it against faulty servers, each of which is one small change to a correct one and must be
// rejected, and against lawful servers that look different, which must be accepted.
//
// A mutant is named after the requirement that it breaks. The suite is never told a mutant's name, and must not know this package.
package main
