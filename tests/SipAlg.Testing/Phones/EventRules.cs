using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Testing.Phones;

/// <summary>
/// What is forbidden to the gateway in requests other than INVITE: a 408 to them (RFC 4320 §4.2), two different final answers, a
/// SUBSCRIBE without what it must have (RFC 6665 §8.2), a 2xx that grants more than was asked (§4.2.1.1), a NOTIFY behind
/// the last one (§4.1.3), a Contact in MESSAGE (RFC 3428 §4).
/// </summary>
internal sealed class EventRules
{
    private readonly Dictionary<string, int> _asked = [];
    private readonly HashSet<string> _dialogs = [];
    private readonly Dictionary<string, int> _answers = [];
    private readonly HashSet<string> _branches = [];
    private readonly HashSet<string> _terminated = [];

    public void FromPhone(SentMessage sent)
    {
        var message = new SipMessage();
        if (SipParser.Parse(message, sent.Octets, 0, sent.Octets.Length, isStream: false) != MessageFault.None || !message.IsRequest || message.Method != SipMethod.Subscribe)
        {
            return;
        }

        // One within a call is the phones' own affair.
        if (message.ToTag.IsEmpty)
        {
            _dialogs.Add(Text(message, message.CallId));
        }

        if (_dialogs.Contains(Text(message, message.CallId)))
        {
            _asked[Text(message, message.Branch)] = DeltaSeconds.Read(message.First(HeaderId.Expires));
        }
    }

    public void FromGateway(SentMessage sent)
    {
        var message = sent.Parse();
        if (!message.IsRequest)
        {
            CheckAnswer(message, sent);
        }
        else if (message.Method is not (SipMethod.Invite or SipMethod.Ack or SipMethod.Cancel) && _branches.Add(Text(message, message.Branch)))
        {
            CheckRequest(message, sent);
        }
    }

    private void CheckAnswer(SipMessage response, SentMessage sent)
    {
        if (response.Method == SipMethod.Invite || response.Status < 200)
        {
            return;
        }

        Demand(response.Status != 408, "A 408 to a request other than INVITE", sent);
        if (response.Method is not (SipMethod.Subscribe or SipMethod.Notify or SipMethod.Message or SipMethod.Publish or SipMethod.Refer))
        {
            return;
        }

        var key = $"{Text(response, response.Branch)} {response.Method}";
        Demand(!_answers.TryGetValue(key, out var before) || before == response.Status, $"A request answered {before} is answered again", sent);
        _answers[key] = response.Status;
        if (response.Method == SipMethod.Subscribe && response.Status < 300)
        {
            var granted = DeltaSeconds.Read(response.First(HeaderId.Expires));
            var isAsked = _asked.TryGetValue(Text(response, response.Branch), out var asked);
            Demand(!isAsked || (granted >= 0 && (asked < 0 || granted <= asked)), $"{granted} s are granted where {asked} s were asked for", sent);
            Demand(!isAsked || response.Has(HeaderId.Contact), "A 2xx to SUBSCRIBE without Contact", sent);
        }
    }

    private void CheckRequest(SipMessage request, SentMessage sent)
    {
        switch (request.Method)
        {
            case SipMethod.Subscribe when request.ToTag.IsEmpty:
                Demand(request.Has(HeaderId.Event) && request.Has(HeaderId.Contact), "A SUBSCRIBE without Event or Contact", sent);
                break;
            case SipMethod.Message or SipMethod.Publish:
                Demand(!request.Has(HeaderId.Contact), "A Contact where none belongs", sent);
                break;
            default:
                break;
        }

        if (request.Method == SipMethod.Notify && !request.ToTag.IsEmpty)
        {
            var dialog = $"{Text(request, request.CallId)} {Encoding.UTF8.GetString(request.First(HeaderId.Event))}";
            Demand(!_terminated.Contains(dialog), "A NOTIFY behind the last one", sent);
            if (SubscriptionState.Read(request.First(HeaderId.SubscriptionState)).IsTerminated)
            {
                _terminated.Add(dialog);
            }
        }
    }

    private static string Text(SipMessage message, Slice slice) => Encoding.UTF8.GetString(message[slice]);

    private static void Demand(bool holds, string what, SentMessage sent)
    {
        if (!holds)
        {
            throw new SceneException($"{what}:\n{sent.Text}");
        }
    }
}
