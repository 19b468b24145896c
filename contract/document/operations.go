package document

// Operations of the contract that the suite knows by name. What is true of any operation follows from the document.
const (
	ListConversations       = "listConversations"
	GetConversationMessages = "getConversationMessages"
	GetMessageStatus        = "getMessageStatus"
	SendTextMessage         = "sendTextMessage"
	SendMediaMessage        = "sendMediaMessage"
	SendTemplateMessage     = "sendTemplateMessage"
	UpdateTicket            = "updateTicket"
	ListWabaNumbers         = "listWabaNumbers"
	ListTemplates           = "listTemplates"
	GetTemplate             = "getTemplate"
	ListOrders              = "listOrders"
	GetOrder                = "getOrder"
	UpdateOrder             = "updateOrder"
	SendInvoice             = "sendInvoice"

	Control = "control" // all operations of the control API together
)
