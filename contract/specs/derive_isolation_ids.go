package specs

import (
	"cmp"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// expectUnreadable expects that the first client cannot read data of the second workspace. The first workspace may have data of its own under the same id, which
// no list has shown: that has another name or phone.
func (t *T) expectUnreadable(other *T, theirs *exchange.Request, requests []*exchange.Request) error {
	shown, err := other.Ask(theirs)
	if err != nil {
		return err
	}
	answers, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	mark := dataMark(shown)
	for _, e := range answers {
		if own := dataMark(e); e.OK() && mark != "" && own != "" && own != mark {
			continue
		}
		t.want(e, "data of another workspace can be read by its id", "", refusedForeign()...)
	}
	return nil
}

// ownNow names what the first workspace has under an id that its lists have not shown: a list may be cut short, and the run itself writes. It is "" if
// nothing can be read there, or only the data of the other workspace.
func (t *T) ownNow(op *document.Operation, other *T, theirs *exchange.Request) (string, error) {
	read := t.readOf(op)
	if op.ID == document.UpdateTicket {
		read = t.Document.Operation(document.GetConversationMessages)
	}
	id, err := strconv.ParseInt(theirs.Path[strings.LastIndexByte(theirs.Path, '/')+1:], 10, 64)
	if read == nil || err != nil {
		return "", nil
	}
	r := t.To(read, id).MayBeRefused()
	r.Proper = false // another case judges whether it can be read
	e, err := t.Ask(r)
	if err != nil || !e.OK() {
		return "", err
	}
	shown, err := other.Ask(other.To(read, id).MayBeRefused())
	if err != nil || reflect.DeepEqual(e.At("/data"), shown.At("/data")) {
		return "", err
	}
	return cmp.Or(dataMark(e), "something"), nil
}

func dataMark(e *exchange.Exchange) string { return ownMark(dataOf(e)) }

// ownMark is a text that differs between two records with the same id in two workspaces.
func ownMark(fields map[string]any) string {
	var shown []string
	for _, name := range []string{"phone", "name", "order_number", "customer_phone"} {
		if value := fields[name]; value != nil { // a null shows nothing
			shown = append(shown, fmt.Sprint(value))
		}
	}
	return strings.Join(shown, " ")
}
