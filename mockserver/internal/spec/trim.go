package spec

// trim lets go of what of kin's document nothing needs after the compiler: kin checks a value and finds the rule that it breaks, but shows
// no text of the document.
func (c *compiler) trim() {
	for kin := range c.shared.schemas {
		kin.Title, kin.Description, kin.Default, kin.Extensions, kin.ExternalDocs, kin.XML = "", "", nil, nil, nil, nil
		for _, ref := range kin.Properties {
			ref.Extensions = nil
		}
	}
	for _, op := range c.doc.Operations {
		for _, p := range op.Parameters {
			p.kin.Description, p.kin.Extensions, p.kin.Example, p.kin.Examples = "", nil, nil, nil
		}
	}
}
