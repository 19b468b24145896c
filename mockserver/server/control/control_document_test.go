package control

import "testing"

func TestEveryOperationOfTheDocumentHasAHandlerAndNoHandlerIsLeftOver(t *testing.T) {
	t.Parallel()
	handlers := (&api{}).handlers()
	for _, op := range document().Operations {
		if handlers[op.ID] == nil {
			t.Errorf("%s has no handler", op.ID)
		}
		delete(handlers, op.ID)
	}
	for id := range handlers {
		t.Errorf("%s is not in the document", id)
	}
}
