package specs

import (
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// existingID is an existing id for the path of an operation, 0 if its path has no parameter.
func (t *T) existingID(op *document.Operation) (int64, error) {
	if op.PathParameter() == nil {
		return 0, nil
	}
	if op.ID == document.GetConversationMessages && t.Workspace != nil {
		return t.idFromList(op)
	}
	if op.ID == document.GetConversationMessages {
		for _, id := range t.Crawl().Order {
			if t.Crawl().Threads[id] != nil {
				return id, nil
			}
		}
		if len(t.Crawl().Order) > 0 {
			return t.Crawl().Order[0], nil // it is listed; MSG-LISTED reports that it cannot be read
		}
		return 0, run.Lacks("a conversation in the list")
	}
	return t.idFromList(op)
}

// listAbove is the operation that lists the records of an operation with an id in its path: /templates for /templates/{id}; nil if there is none.
func (t *T) listAbove(op *document.Operation) *document.Operation {
	above := op.Path[:max(0, strings.LastIndex(op.Path, "/"))]
	for _, list := range t.Document.Reads() {
		if list.Path == above {
			return list
		}
	}
	return nil
}

// idFromList is an id from the list of an operation's records. All cases that only read use the same id: the last of the list, since another client may delete
// a new record.
func (t *T) idFromList(op *document.Operation) (int64, error) {
	if t.Case.Writes {
		return t.listedID(op, false)
	}
	return run.Shared(t.Session, t.workspaceKey()+op.Path, func() (int64, error) { return t.listedID(op, true) })
}

func (t *T) listedID(op *document.Operation, last bool) (int64, error) {
	list := t.listAbove(op)
	if list == nil {
		return 0, run.Lacks("an id for %s", op.Path)
	}
	e, err := t.AskValid(t.To(list, 0))
	if err != nil {
		return 0, err
	}
	ids := idsOf(e)
	switch {
	case len(ids) == 0:
		return 0, run.Lacks("an id for %s", op.Path)
	case last:
		return ids[len(ids)-1], nil
	}
	return ids[0], nil
}

// refusesMalformedIDs sends ids that are not integers, some of which begin like one: they are refused with 400 or 404.
func (t *T) refusesMalformedIDs(op *document.Operation, param *document.Parameter) error {
	valid, err := t.proper(op, 0)
	if err != nil {
		return err
	}
	text := valid.Path[len(op.Path[:strings.IndexByte(op.Path, '{')]):]
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return run.Lacks("an id that is an integer")
	}
	var requests []*exchange.Request
	odd := append(wrongIDs(id), lenientIDs(id)...)
	if t.Small(op) {
		t.Rand.Shuffle(len(odd), func(i, j int) { odd[i], odd[j] = odd[j], odd[i] })
		odd = odd[:3]
	}
	for _, bad := range odd {
		r := valid.AnyAnswer()
		r.Proper = false // it may be refused before authentication
		r.Path = strings.ReplaceAll(op.Path, "{"+param.Name+"}", bad)
		if r.About = map[string]exchange.Use{param.Name: exchange.UseInvalid}; op.Changes() {
			r.About = nil
		}
		requests = append(requests, r)
	}
	answers, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	for i, e := range answers {
		level := ""
		if slices.Contains(lenientIDs(id), odd[i]) {
			level = document.Should
		}
		t.wantAt(e, level, fmt.Sprintf("the id %q, which is no integer or belongs to nothing, was not refused", odd[i]), param.Place, http.StatusBadRequest, http.StatusNotFound)
	}
	return nil
}

// lenientIDs are other spellings of an id. That an id has only the digits 0 to 9 and no leading zero is inferred, so refusing these is a SHOULD.
func lenientIDs(id int64) []string {
	number := strconv.FormatInt(id, 10)
	arabic := strings.Map(func(r rune) rune { return r - '0' + '٠' }, number)
	return []string{"%2B" + number, "0" + number, url.PathEscape(arabic)}
}

// wrongIDs are wrong ids: texts that are not integers, some of which begin like one, and integers that are equal to the id if a server keeps too few bits.
func wrongIDs(id int64) []string {
	number := strconv.FormatInt(id, 10)
	beyond := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 64), big.NewInt(id))
	out := []string{
		"abc", number + "abc", number + ".5", number + ".0", number + "%20x", "--" + number, "-" + number, "0x" + strconv.FormatInt(id, 16), "%20" + number, number + "%20",
		number + "e0", number + "%00", number + "%2C" + number, "99999999999999999999", "9223372036854775807", "9223372036854775808", "-9223372036854775809", beyond.String(),
	}
	if id < 1<<31 {
		out = append(out, strconv.FormatInt(id+1<<32, 10))
	}
	return out
}
