/** Where the person is, kept in the address: #CHANNEL, #CHANNEL/THREAD, #CHANNEL/home. */
import { channelById, emit, myChannels, state } from './state.js';

/** Read the address and go there; an address that leads nowhere goes to the first channel. */
export function takePlace() {
  const [channel, rest = ''] = decodeURIComponent(location.hash.slice(1)).split('/');
  const known = myChannels().some((one) => one.id === channel);
  const home = known && rest === 'home' && channelById(channel).is_im;
  state.place = {
    channel: known ? channel : myChannels()[0]?.id ?? '',
    tab: home ? 'home' : 'messages',
    thread: known && /^\d+\.\d+$/.test(rest) ? rest : null,
  };
  emit('place');
}

/** Go somewhere; the browser's Back leads back. */
export function goTo(channel, rest = '') {
  location.hash = rest ? `${channel}/${rest}` : channel;
}

/** The person's direct message with the bot. */
export function directChannel() {
  return myChannels().find((channel) => channel.is_im);
}
