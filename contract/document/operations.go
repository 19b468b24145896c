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

	ListContacts       = "listContacts"
	CreateContact      = "createContact"
	GetContact         = "getContact"
	UpdateContact      = "updateContact"
	DeleteContact      = "deleteContact"
	ListContactGroups  = "listContactGroups"
	CreateContactGroup = "createContactGroup"
	GetContactGroup    = "getContactGroup"
	UpdateContactGroup = "updateContactGroup"
	DeleteContactGroup = "deleteContactGroup"
	ListBranches       = "listBranches"
	CreateBranch       = "createBranch"
	GetBranch          = "getBranch"
	UpdateBranch       = "updateBranch"
	DeleteBranch       = "deleteBranch"

	Control = "control" // all operations of the control API together
)
