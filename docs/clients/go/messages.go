package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strconv"

	"example.com/awal-client/awal"
)

// recipient is a number without a meaning to a real service; to the mock it is one whose messages stay `sent`.
const recipient = "966500000902"

// pixel is a PNG of one transparent pixel.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

// sendMessages sends one message of each kind, the file by link and by upload.
func (a api) sendMessages(ctx context.Context, template awal.Template) error {
	for _, send := range []struct {
		name string
		do   func(context.Context) (*http.Response, []byte, *awal.SentMessage, error)
	}{
		{"sendTextMessage", a.sendText},
		{"sendMediaMessage by link", a.sendLink},
		{"sendMediaMessage by upload", a.sendUpload},
		{"sendTemplateMessage", func(ctx context.Context) (*http.Response, []byte, *awal.SentMessage, error) {
			return a.sendTemplate(ctx, template)
		}},
		{"sendButtonMessage", a.sendButtons},
		{"sendListMessage", a.sendList},
		{"sendLocationMessage", a.sendLocation},
	} {
		response, body, sent, err := send.do(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", send.name, err)
		case sent == nil:
			return fmt.Errorf("%s: %w", send.name, unexpected(response, body))
		case sent.Message.Id == 0 || sent.Message.MessageId == "" || !sent.Message.Status.Valid():
			return fmt.Errorf("%s: want two ids and a status, got %s", send.name, body)
		}
	}
	return nil
}

func (a api) sendText(ctx context.Context) (*http.Response, []byte, *awal.SentMessage, error) {
	answer, err := a.SendTextMessageWithResponse(ctx, &awal.SendTextMessageParams{PhoneNumberId: a.number},
		awal.SendTextMessage{Phone: recipient, Body: "Hello, مرحبا 👋", Name: new("Sara Khalid")})
	if err != nil {
		return nil, nil, nil, err
	}
	return answer.HTTPResponse, answer.Body, answer.JSON200, nil
}

func (a api) sendLink(ctx context.Context) (*http.Response, []byte, *awal.SentMessage, error) {
	answer, err := a.SendMediaMessageWithResponse(ctx, &awal.SendMediaMessageParams{PhoneNumberId: a.number},
		awal.SendMediaByLink{Phone: recipient, Type: awal.MediaTypeImage, Link: "https://example.com/menu.png", Caption: new("Our menu")})
	if err != nil {
		return nil, nil, nil, err
	}
	return answer.HTTPResponse, answer.Body, answer.JSON200, nil
}

func (a api) sendUpload(ctx context.Context) (*http.Response, []byte, *awal.SentMessage, error) {
	png, err := base64.StdEncoding.DecodeString(pixel)
	if err != nil {
		return nil, nil, nil, err
	}
	body, contentType, err := form(map[string]string{"phone": recipient, "type": "image"}, png)
	if err != nil {
		return nil, nil, nil, err
	}
	answer, err := a.SendMediaMessageWithBodyWithResponse(ctx, &awal.SendMediaMessageParams{PhoneNumberId: a.number}, contentType, body)
	if err != nil {
		return nil, nil, nil, err
	}
	return answer.HTTPResponse, answer.Body, answer.JSON200, nil
}

func (a api) sendTemplate(ctx context.Context, template awal.Template) (*http.Response, []byte, *awal.SentMessage, error) {
	body, contentType, err := form(map[string]string{
		"template_id": strconv.FormatInt(template.Id, 10), "phone": recipient, "header_type": "TEXT", "body_params": `["Sara"]`,
	}, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	answer, err := a.SendTemplateMessageWithBodyWithResponse(ctx, &awal.SendTemplateMessageParams{PhoneNumberId: a.number}, contentType, body)
	if err != nil {
		return nil, nil, nil, err
	}
	return answer.HTTPResponse, answer.Body, answer.JSON200, nil
}

func (a api) sendButtons(ctx context.Context) (*http.Response, []byte, *awal.SentMessage, error) {
	message := awal.SendButtonMessage{
		Phone: recipient, BodyText: "May we deliver your order today?",
		Buttons: []awal.Button{{Id: "yes", Title: "Yes"}, {Id: "later", Title: "Later"}},
	}
	answer, err := a.SendButtonMessageWithResponse(ctx, &awal.SendButtonMessageParams{PhoneNumberId: a.number}, message)
	if err != nil {
		return nil, nil, nil, err
	}
	return answer.HTTPResponse, answer.Body, answer.JSON200, nil
}

func (a api) sendList(ctx context.Context) (*http.Response, []byte, *awal.SentMessage, error) {
	message := awal.SendListMessage{
		Phone: recipient, BodyText: "What can we do for you?", ButtonText: "Choose",
		Sections: []awal.ListSection{{Title: "Orders", Rows: []awal.ListRow{{Id: "order-status", Title: "Where is my order?"}}}},
	}
	answer, err := a.SendListMessageWithResponse(ctx, &awal.SendListMessageParams{PhoneNumberId: a.number}, message)
	if err != nil {
		return nil, nil, nil, err
	}
	return answer.HTTPResponse, answer.Body, answer.JSON200, nil
}

func (a api) sendLocation(ctx context.Context) (*http.Response, []byte, *awal.SentMessage, error) {
	message := awal.SendLocationMessage{
		Phone:    recipient,
		Location: awal.SentLocation{Latitude: 24.7136, Longitude: 46.6753, Name: "Our shop", Address: "Riyadh, Saudi Arabia"},
	}
	answer, err := a.SendLocationMessageWithResponse(ctx, &awal.SendLocationMessageParams{PhoneNumberId: a.number}, message)
	if err != nil {
		return nil, nil, nil, err
	}
	return answer.HTTPResponse, answer.Body, answer.JSON200, nil
}

// form returns a multipart body of fields and, if there is one, a file, with its content type.
func form(fields map[string]string, file []byte) (*bytes.Buffer, string, error) {
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	var failed error
	for name, value := range fields {
		failed = errors.Join(failed, writer.WriteField(name, value))
	}
	if file != nil {
		part, err := writer.CreateFormFile("file", "pixel.png")
		if err != nil {
			return nil, "", err
		}
		_, err = part.Write(file)
		failed = errors.Join(failed, err)
	}
	return &body, writer.FormDataContentType(), errors.Join(failed, writer.Close())
}
