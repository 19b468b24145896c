// What can go wrong on purpose: the names of the properties of an endpoint.
export const flags = ['twice', 'out_of_order', 'badly_signed', 'old_timestamp', 'body_changed', 'unknown_event', 'unknown_field', 'cut'] as const
export const times = ['late', 'batch', 'slow'] as const
