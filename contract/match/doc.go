// Package match has Gomega matchers for exchanges and for the parts of answers, such as rows. A matcher that does not match makes a finding: what was expected,
// what the answer has, and the JSON pointer in the body.
package match
