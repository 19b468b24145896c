package mocktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
)

// What a *ControlError can be, for errors.Is.
var (
	ErrNotFound = errors.New("there is no such workspace, conversation or message")
	ErrConflict = errors.New("the present state forbids it")
	ErrInvalid  = errors.New("the request breaks a rule")
)

// A ControlError is a refusal of the control API.
type ControlError struct {
	Request   string            `json:"-"` // method and path
	Status    int               `json:"-"`
	Code      string            `json:"error"`
	Message   string            `json:"message"`
	Details   map[string]string `json:"details"`
	RequestID string            `json:"request_id"`
}

func (e *ControlError) Error() string {
	text := fmt.Sprintf("%s: %d %s: %s", e.Request, e.Status, e.Code, e.Message)
	for _, field := range slices.Sorted(maps.Keys(e.Details)) {
		text += fmt.Sprintf("; %s %s", field, e.Details[field])
	}
	return text
}

// Is reports whether the refusal is ErrNotFound, ErrConflict or ErrInvalid.
func (e *ControlError) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.Status == http.StatusNotFound
	case ErrConflict:
		return e.Status == http.StatusConflict
	case ErrInvalid:
		return e.Status == http.StatusBadRequest
	default:
		return false
	}
}

func newControlError(request string, response *http.Response) error {
	e := &ControlError{Request: request, Status: response.StatusCode}
	text, err := io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(text, e)
	}
	if err != nil {
		return fmt.Errorf("%s: %s: %w", request, response.Status, err)
	}
	return e
}
