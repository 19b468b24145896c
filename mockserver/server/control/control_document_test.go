package control

import "testing"

func TestEveryOperationOfTheDocumentHasAHandlerAndNoHandlerIsLeftOver(t *testing.T) {
	t.Parallel()
	d, err := document()
	if err != nil {
		t.Fatal(err)
	}
	handlers := (&api{}).handlers()
	for _, op := range d.Operations {
		if handlers[op.ID] == nil {
			t.Errorf("%s has no handler", op.ID)
		}
		delete(handlers, op.ID)
	}
	for id := range handlers {
		t.Errorf("%s is not in the document", id)
	}
}
