package spec

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// nameOperations gives an operationId to the operations that have none, made of method and path: GET /a/{id} is get_a_id.
// The tree keeps what the file says.
func (c *compiler) nameOperations(paths *yaml.Node) map[string]string {
	taken := map[string]bool{}
	eachOperation(paths, func(_, _ string, op *yaml.Node) { taken[text(op, "operationId")] = true })
	names := map[string]string{}
	eachOperation(paths, func(path, method string, op *yaml.Node) {
		name := text(op, "operationId")
		if name == "" {
			name = method + "_" + strings.Join(strings.FieldsFunc(path, notInName), "_")
			for taken[name] {
				name += "_"
			}
			taken[name] = true
		}
		names[method+" "+path] = name
	})
	return names
}

func notInName(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// ignoreServers names the servers of single paths and operations: everything is served under one base path.
func (c *compiler) ignoreServers(paths *yaml.Node) {
	ignored := func(pointer string, x *yaml.Node) {
		if get(x, "servers") != nil {
			c.leaveOut(c.errorAt(pointer+"/servers", "is not used"), "everything is served under the base path of the document's first server")
		}
	}
	members(paths, func(path, item *yaml.Node) { ignored("/paths/"+escapeToken(path.Value), item) })
	eachOperation(paths, func(path, method string, op *yaml.Node) { ignored("/paths/"+escapeToken(path)+"/"+method, op) })
}
