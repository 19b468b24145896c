// Package specs has the cases of the suite: what is checked, in one file for each tag or subject of the contract. Package run runs them.
//
// A spec is written as in Ginkgo: Describe groups specs, It is one of them, and decorators such as Requirement, Operation and Serial say what it needs. Its body
// sends requests with a *T and makes assertions with t.Expect, t.Check and t.Advise (see run.T). Some cases are not written but generated from the document.
//
//	catalog.go                    all cases together
//	describe.go, t.go             Describe, It, the decorators; requests that many specs send
//	conversations*.go, crawl.go   conversations, their search, messages and statuses; comparisons of the answers that the crawl has read
//	messages*.go, sending.go      what is sent: texts, other kinds, files, templates
//	tickets.go, numbers.go, templates.go, contacts.go, groups.go, branches.go, orders*.go, invoices.go
//	                              the other tags
//	records*.go                   the bodies of specs that contacts, groups, branches, orders and templates have in common
//	control*.go                   what needs the control API
//	webhooks*.go                  webhooks
//	errors.go, http.go, commands.go, rate_headers.go, rate_limits.go, times*.go, isolation.go
//	                              subjects that concern several tags
//	parameters.go, path_ids.go, bodies*.go, file_cases.go, formats.go
//	                              cases that are generated from the schemas of parameters, bodies and files; sample.go and file_contents.go make the values
//	derive*.go, attempts.go       rules that are tried on every operation (ways), such as authentication; matrix.go shows which are tried where
package specs
