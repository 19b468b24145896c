// Package match has Gomega matchers over exchanges and what they say. A matcher that does not hold explains itself as a finding: what was
// expected, what came, and where in the body.
package match
