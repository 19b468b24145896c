package engine

import (
	"net/http"
	"time"
)

// restTime is how long the rest of a body may take whose request has been answered.
const restTime = 2 * time.Second

// AnswerUnread lets next answer without waiting for the request's body. The connection ends after the answer, unless next
// has read the whole body and says so with wasRead.
func AnswerUnread(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 || r.ProtoMajor != 1 {
			next.ServeHTTP(w, r) // HTTP/2 has a stream for each request
			return
		}
		// With this header net/http answers first. Without, it would look for the end of the body before, however long that takes.
		w.Header()["Connection"] = []string{"close"}
		defer func() {
			if w.Header()["Connection"] != nil {
				_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(restTime))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// wasRead lets the connection live on.
func wasRead(w http.ResponseWriter) { delete(w.Header(), "Connection") }
