package forward

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.com/awalmock/mockserver/adminapi"
)

// received is one event of the stream.
type received struct {
	name, id string
	adminapi.StreamedWebhook
}

// longestLine is how long a line of the stream may be, in bytes.
const longestLine = 16 << 20

// readEvents reads server-sent events until the stream ends, which is an error. alive is called for each line, each for each event.
func readEvents(from io.Reader, alive func(), each func(received) error) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longestLine)
	var (
		next received
		data string
	)
	for lines.Scan() {
		alive()
		name, text, _ := strings.Cut(lines.Text(), ":")
		text = strings.TrimPrefix(text, " ")
		switch {
		case name == "event":
			next.name = text
		case name == "id":
			next.id = text
		case name == "data":
			data += text
		case lines.Text() == "" && (data != "" || next.id != ""):
			if data != "" {
				if err := json.Unmarshal([]byte(data), &next.StreamedWebhook); err != nil {
					return fmt.Errorf("the stream cannot be read: %w", err)
				}
			}
			if err := each(next); err != nil {
				return err
			}
			next, data = received{}, ""
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return errors.New("the mock has ended the stream")
}
