// Package document reads an OpenAPI document as the suite needs it: operations, parameters, bodies, answers and requirements, each with its
// place in the file. It knows nothing of requests.
package document
