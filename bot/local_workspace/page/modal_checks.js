/** What Slack's own client checks before it sends a view. */

const VALUE_FIELDS = [
  'value', 'rich_text_value', 'selected_option', 'selected_options', 'selected_date', 'selected_time', 'selected_date_time', 'selected_user', 'selected_users',
  'selected_conversation', 'selected_conversations', 'selected_channel', 'selected_channels', 'files',
];

/**
 * @param {Object} view
 * @param {Object} values block_id → action_id → element state
 * @returns {Object<string, string>} block_id → sentence
 */
export function missing(view, values) {
  const errors = {};
  (view.blocks ?? []).forEach((block, index) => {
    if (block.type !== 'input') return;
    const id = block.block_id ?? `block-${index}`;
    const value = values[id]?.[block.element.action_id ?? ''] ?? {};
    const sentence = complaint(block, VALUE_FIELDS.map((name) => value[name]).find((one) => !isEmpty(one)));
    if (sentence) errors[id] = sentence;
  });
  return errors;
}

const isEmpty = (value) => value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length);

function complaint(block, value) {
  const { type, min_length: least, max_length: most, min_value: low, max_value: high } = block.element;
  if (value === undefined) return block.optional ? null : 'Please complete this required field.';
  if (least && value.length < least) return `Enter at least ${least} characters.`;
  if (most && value.length > most) return `Enter at most ${most} characters.`;
  if (type === 'number_input' && low !== undefined && Number(value) < Number(low)) return `Enter ${low} or more.`;
  if (type === 'number_input' && high !== undefined && Number(value) > Number(high)) return `Enter ${high} or less.`;
  if (type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(value)) return 'Enter an e-mail address.';
  if (type === 'url_text_input' && !URL.canParse(value)) return 'Enter a whole address, with https://.';
  return null;
}
