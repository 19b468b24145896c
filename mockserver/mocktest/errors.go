package mocktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"example.com/awalmock/mockserver/adminapi"
)

// What a *ControlError can be, for errors.Is.
var (
	ErrInvalid      = errors.New("the request breaks a rule")
	ErrUnauthorized = errors.New("the control token is missing or wrong")
	ErrForbidden    = errors.New("the control API takes no request from there")
	ErrNotFound     = errors.New("there is no such workspace, conversation, message or request")
	ErrConflict     = errors.New("the present state forbids it")
	ErrTooLarge     = errors.New("the request is larger than the mock takes")
	ErrUnavailable  = errors.New("the mock cannot take the request now")
)

// errorOf is the error of a status; nil: it has none.
func errorOf(status int) error {
	switch status {
	case http.StatusBadRequest:
		return ErrInvalid
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusForbidden:
		return ErrForbidden
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusConflict:
		return ErrConflict
	case http.StatusRequestEntityTooLarge:
		return ErrTooLarge
	case http.StatusServiceUnavailable:
		return ErrUnavailable
	default:
		return nil
	}
}

// A ControlError is a refusal of the control API.
type ControlError struct {
	Request   string // method and path
	Status    int
	Code      string
	Message   string
	Details   map[string]string
	RequestID string
}

func (e *ControlError) Error() string {
	text := fmt.Sprintf("%s: %d %s: %s", e.Request, e.Status, e.Code, e.Message)
	for _, field := range slices.Sorted(maps.Keys(e.Details)) {
		text += fmt.Sprintf("; %s %s", field, e.Details[field])
	}
	return text
}

// Is reports whether the refusal is the error of its status.
func (e *ControlError) Is(target error) bool {
	return errorOf(e.Status) == target
}

func newControlError(request string, response *http.Response) error {
	var body adminapi.Error
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		return fmt.Errorf("%s: %s: %w", request, response.Status, err)
	}
	return &ControlError{request, response.StatusCode, body.Code, body.Message, body.Details, body.RequestID}
}
