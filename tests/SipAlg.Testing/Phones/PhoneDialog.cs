using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Testing.Phones;

/// <summary>A dialog as a phone has it (RFC 3261 §12): tags, CSeq, target and routes, and the INVITE that is under way in it.</summary>
public sealed class PhoneDialog
{
    private readonly ScriptedPhone _phone;
    private string _local;
    private string _remote;
    private string _target;
    private string[] _routes = [];
    private string _inviteUri = "";
    private string _inviteBranch = "";
    private uint _inviteSequence;

    /// <summary>A dialog that this phone will open by an INVITE.</summary>
    internal PhoneDialog(ScriptedPhone phone, string called)
    {
        _phone = phone;
        CallId = phone.Mint("call-") + "@" + phone.Host;
        LocalTag = phone.Mint("tag-");
        _local = $"\"{phone.Name}\" <sip:{phone.Name}@{phone.Host}>;tag={LocalTag}";
        _remote = $"<sip:{called}@gw.{phone.Host}>";
        _target = $"sip:{called}@{phone.Flow.Local}";
    }

    /// <summary>A dialog that an INVITE of the gateway opens.</summary>
    public PhoneDialog(ScriptedPhone phone, SentMessage invite)
    {
        _phone = phone;
        var message = invite.Parse();
        Asked = invite;
        CallId = Text(message, message.CallId);
        LocalTag = phone.Mint("tag-");
        RemoteTag = Text(message, message.FromTag);
        _local = $"{Text(message.First(HeaderId.To))};tag={LocalTag}";
        _remote = Text(message.First(HeaderId.From));
        _target = ContactOf(message) ?? throw new SceneException($"An INVITE without Contact:\n{invite.Text}");
        _routes = RecordRoutes(message);
    }

    /// <summary>Another dialog of the same INVITE of this phone's: it learns its own tag from what it expects next.</summary>
    public PhoneDialog Another()
    {
        var other = (PhoneDialog)MemberwiseClone();
        other.RemoteTag = "";
        return other;
    }

    public ScriptedPhone Phone => _phone;
    public string CallId { get; }
    public string LocalTag { get; }
    public string RemoteTag { get; private set; } = "";
    public uint Sequence { get; set; } = 1;

    /// <summary>The phone's own Contact URI; a test changes it to move the target.</summary>
    public string? Contact { get; set; }

    /// <summary>The last INVITE of the gateway.</summary>
    public SentMessage Asked { get; private set; } = null!;

    /// <summary>The last request of the phone.</summary>
    public string LastRequest { get; private set; } = "";

    /// <summary>When it was sent; milliseconds.</summary>
    public long LastRequestAt { get; private set; }

    /// <summary>Replaces From, with its tag, before the first INVITE.</summary>
    public void SetFrom(string value) => _local = $"{value};tag={LocalTag}";

    /// <summary>Replaces To before the first INVITE.</summary>
    public void SetTo(string value) => _remote = value;

    public void SetTarget(string uri) => _target = uri;

    // ---- the phone asks

    public void Invite(string body = "", string headers = "", string type = "application/sdp")
    {
        _inviteBranch = "z9hG4bK" + _phone.Mint("b");
        _inviteUri = _target;
        _inviteSequence = ++Sequence;
        Send("INVITE", _inviteBranch, _inviteSequence, ContactLine() + headers, body, type);
    }

    public void Request(string method, string headers = "", string body = "", string type = "application/sdp") =>
        Send(method, "z9hG4bK" + _phone.Mint("b"), ++Sequence, headers, body, type);

    public void Bye(string headers = "") => Request("BYE", headers);

    /// <summary>Cancels the last INVITE.</summary>
    public void Cancel(string headers = "")
    {
        if (_inviteBranch.Length > 0)
        {
            SendCancel(headers);
        }
    }

    private void SendCancel(string headers) => _phone.Send(
        $"CANCEL {_inviteUri} SIP/2.0\r\n{Via(_inviteBranch)}Max-Forwards: 70\r\n{RouteLine()}From: {_local}\r\nTo: {_remote}\r\n" +
        $"Call-ID: {CallId}\r\nCSeq: {_inviteSequence} CANCEL\r\n{headers}Content-Length: 0\r\n\r\n");

    /// <summary>The last request once more.</summary>
    public void Repeat() => _phone.Send(LastRequest);

    /// <summary>The ACK of a 2xx.</summary>
    public void Ack(string body = "", uint? sequence = null) => Transmit("ACK", "z9hG4bK" + _phone.Mint("b"), sequence ?? _inviteSequence, "", body, "application/sdp");

    /// <summary>The ACK of a failure, under the INVITE's branch.</summary>
    private void AckFailure(SentMessage response) => _phone.Send(
        $"ACK {_inviteUri} SIP/2.0\r\n{Via(_inviteBranch)}Max-Forwards: 70\r\n{RouteLine()}From: {_local}\r\nTo: {response.Header(HeaderId.To)}\r\n" +
        $"Call-ID: {CallId}\r\nCSeq: {_inviteSequence} ACK\r\nContent-Length: 0\r\n\r\n");

    /// <summary>The next response to an INVITE; a failure gets its ACK, and a dialog is learnt.</summary>
    public SentMessage Expect(int status)
    {
        var response = _phone.ExpectResponse(status);
        var message = response.Parse();
        Demand(Text(message, message.CallId) == CallId, "The response has another Call-ID", response);
        if (message.Method != SipMethod.Invite)
        {
            return response;
        }

        if (status >= 300)
        {
            AckFailure(response);
        }
        else if (!message.ToTag.IsEmpty)
        {
            Learn(message);
        }

        return response;
    }

    /// <summary>Takes note of a message in this dialog, whatever it is.</summary>
    public void Hear(SentMessage sent)
    {
        var message = sent.Parse();
        if (message.IsRequest && message.Method == SipMethod.Invite)
        {
            Asked = sent;
        }
        else if (!message.IsRequest && message.Method == SipMethod.Invite && message.CSeq == _inviteSequence)
        {
            if (message.Status >= 300)
            {
                AckFailure(sent);
            }
            else if (!message.ToTag.IsEmpty)
            {
                Learn(message);
            }
        }
    }

    private void Learn(SipMessage response)
    {
        var isNew = RemoteTag.Length == 0;
        RemoteTag = Text(response, response.ToTag);
        _remote = Text(response.First(HeaderId.To));
        _target = ContactOf(response) ?? _target;
        if (isNew)
        {
            _routes = [.. RecordRoutes(response).Reverse()];
        }
    }

    /// <summary>Takes a 2xx of another method than INVITE for the one that makes the dialog.</summary>
    public void Join(SentMessage response) => Learn(response.Parse());

    /// <summary>Expects 200 and acknowledges it.</summary>
    public SentMessage ExpectAnswered(string ack = "")
    {
        var response = Expect(200);
        Ack(ack);
        return response;
    }

    // ---- the phone is asked

    /// <summary>The next message, a request in this dialog.</summary>
    public SentMessage ExpectRequest(string method)
    {
        var request = _phone.ExpectRequest(method);
        var message = request.Parse();
        Demand(Text(message, message.CallId) == CallId, "The request is of another dialog", request);
        if (message.Method == SipMethod.Invite)
        {
            Asked = request;
            _target = ContactOf(message) ?? _target;
        }

        return request;
    }

    /// <summary>Answers the gateway's last INVITE.</summary>
    public void Answer(int status, string body = "", string phrase = "Phrase", string headers = "", string type = "application/sdp") =>
        AnswerTo(Asked, status, body, phrase, (status is > 100 and < 300 ? ContactLine() : "") + headers, type);

    /// <summary>Answers a request of the gateway.</summary>
    public void AnswerTo(SentMessage request, int status, string body = "", string phrase = "Phrase", string headers = "", string type = "application/sdp") =>
        _phone.Send(ScriptedPhone.Answer(request, status, phrase, status == 100 ? "" : LocalTag, headers, body, type));

    /// <summary>Answers the call with this description, and sees the ACK.</summary>
    public SentMessage Accept(string? body = null)
    {
        Answer(200, body ?? _phone.Sdp());
        return ExpectRequest("ACK");
    }

    /// <summary>Answers the gateway's INVITE by a reliable provisional response (RFC 3262).</summary>
    public void AnswerReliably(int status, uint number, string body = "") => Answer(status, body, headers: $"Require: 100rel\r\nRSeq: {number}\r\n");

    /// <summary>The PRACK of a response to this phone's INVITE.</summary>
    public void Prack(SentMessage response, string body = "", uint offset = 0) =>
        Request("PRACK", $"RAck: {uint.Parse(response.Header(HeaderId.RSeq)!, System.Globalization.CultureInfo.InvariantCulture) + offset} {_inviteSequence} INVITE\r\n", body);

    /// <summary>Sees a BYE and answers it.</summary>
    public SentMessage ExpectBye()
    {
        var bye = ExpectRequest("BYE");
        AnswerTo(bye, 200);
        return bye;
    }

    /// <summary>Sees a CANCEL, answers it and the INVITE, and sees the ACK.</summary>
    public void ExpectCancel()
    {
        AnswerTo(ExpectRequest("CANCEL"), 200);
        Answer(487, phrase: "Request Terminated");
        ExpectRequest("ACK");
    }

    // ---- writing

    private void Send(string method, string branch, uint sequence, string headers, string body, string type)
    {
        LastRequestAt = _phone.Now;
        LastRequest = Transmit(method, branch, sequence, headers, body, type);
    }

    private string Transmit(string method, string branch, uint sequence, string headers, string body, string type)
    {
        var hops = headers.Contains("Max-Forwards", StringComparison.Ordinal) ? "" : "Max-Forwards: 70\r\n";
        var text = $"{method} {_target} SIP/2.0\r\n{Via(branch)}{hops}{RouteLine()}From: {_local}\r\nTo: {_remote}\r\n" +
            $"Call-ID: {CallId}\r\nCSeq: {sequence} {method}\r\n{headers}{ScriptedPhone.Body(body, type)}";
        _phone.Send(text);
        return text;
    }

    private string Via(string branch) => $"Via: SIP/2.0/{_phone.Transport} {_phone.Inner ?? $"{_phone.Flow.Remote};rport"};branch={branch}\r\n";

    private string RouteLine() => _routes.Length == 0 ? "" : $"Route: {string.Join(", ", _routes)}\r\n";

    private string ContactLine() => $"Contact: <{Contact ?? _phone.Contact}>\r\n";

    private static string[] RecordRoutes(SipMessage message)
    {
        var routes = new List<string>();
        foreach (var field in message.Fields)
        {
            if (field.Id == HeaderId.RecordRoute)
            {
                foreach (var value in new ValueList(message[field.Value]))
                {
                    routes.Add(Text(value));
                }
            }
        }

        return [.. routes];
    }

    private static string? ContactOf(SipMessage message) =>
        NameAddress.TryParse(message.First(HeaderId.Contact), out var contact) ? Text(contact.Uri) : null;

    private static string Text(ReadOnlySpan<byte> octets) => Encoding.UTF8.GetString(octets);

    private static string Text(SipMessage message, Slice slice) => Text(message[slice]);

    private static void Demand(bool holds, string what, SentMessage sent)
    {
        if (!holds)
        {
            throw new SceneException($"{what}:\n{sent.Text}");
        }
    }
}
