namespace SipAlg.Interop.Tests.Sipp;

/// <summary>The requests that a script sends, and the answers to them.</summary>
internal sealed partial class SippScript
{
    private const string Own = "own";
    private const string Peer = "peer";
    private const string Target = "target";

    private string Allow => $"Allow: {_methods}\n";

    private static string Contact => "Contact: <sip:phone@[local_ip]:[local_port];transport=[transport]>\n";

    private static string Called => "<sip:[service]@[remote_ip]:[remote_port]>";

    private static string Tag(string dialog) => $";tag=t[pid]x[call_number]{dialog}";

    private string From(string dialog) => _isCaller
        ? $"From: \"Caller\" <sip:+4940[local_port]@[local_ip]:[local_port]>{Tag("")}\n"
        : $"From:[${Of(Own, "")}]{Tag(dialog)}\n";

    private string To(string dialog) => $"To:[${Of(Peer, _isCaller ? dialog : "")}]\n";

    private string Via(string transaction) => $"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK[pid]x[call_number]x{transaction}\n";

    private string Head(string line, string transaction, string parties, int sequence, string method) =>
        $"{line} SIP/2.0\n{Via(transaction)}Max-Forwards: 70\n{parties}Call-ID: [call_id]\nCSeq: {Number(sequence)} {method}\n";

    /// <summary>Begins the call.</summary>
    public SippScript Invite(Body? offer, string headers = "")
    {
        Begins();
        return Send(Head($"INVITE sip:[service]@[remote_ip]:[remote_port]", Number(_sequence), $"{From("")}To: {Called}\n", _sequence, "INVITE")
            + Contact + Allow + headers + Body(offer), isRepeated: true);
    }

    /// <summary>Begins the call as a user of the gateway: asked who it is, it says so (RFC 3261 §22.2).</summary>
    public SippScript InviteAs(string user, string password, Body? offer, string headers = "")
    {
        Invite(offer, headers);
        Receive("response", "100", [], isOptional: true);
        Receive("response", "401", [Check.Field("WWW-Authenticate", "algorithm=MD5"), Check.Keep(Of(Peer, ""), "To", ".*")], isChallenge: true);
        return AckOfRefusal().Invite(offer, $"{headers}[authentication username={user} password={password}]\n");
    }

    private void Begins()
    {
        _inviteSequence = ++_sequence;
        _awaitsAnswerToInvite = true;
    }

    /// <summary>Asks for a change of the session.</summary>
    public SippScript Reinvite(Body? offer, string headers = "")
    {
        Begins();
        return Request("INVITE", _sequence, offer, Contact + Allow + headers, "");
    }

    /// <summary>A request in the dialog.</summary>
    public SippScript Request(string method, Body? body = null, string headers = "", string dialog = "") =>
        Request(method, ++_sequence, body, (method is "UPDATE" or "REFER" or "NOTIFY" or "SUBSCRIBE" ? Contact : "") + headers, dialog);

    private SippScript Request(string method, int sequence, Body? body, string headers, string dialog) =>
        Send(Head($"{method} [${Of(Target, _isCaller ? dialog : "")}]", Number(sequence), From(dialog) + To(dialog), sequence, method) + headers + Body(body), isRepeated: true);

    /// <summary>Confirms the reliable provisional response whose RSeq is kept (<see cref="Reliable"/>).</summary>
    public SippScript Prack(Body? body = null, string dialog = "") =>
        Request("PRACK", body, $"RAck: [${Of("rseq", dialog)}] {Number(_inviteSequence)} INVITE\n", dialog);

    /// <summary>RFC 3262: what a response must show that wants a PRACK.</summary>
    public Check[] Reliable(string dialog = "") =>
        [Check.Field("Require", "100rel"), Check.Keep(Of("rseq", dialog), "RSeq", "[0-9]+")];

    /// <summary>Acknowledges the 2xx of the last INVITE, or of one this many before it.</summary>
    public SippScript Ack(Body? answer = null, string dialog = "", int before = 0)
    {
        _awaitsAnswerToInvite = false;
        var of = _inviteSequence - before;
        return Send(Head($"ACK [${Of(Target, _isCaller ? dialog : "")}]", $"{Number(of)}a", From(dialog) + To(dialog), of, "ACK") + Body(answer), isRepeated: false);
    }

    /// <summary>Acknowledges a refusal of the first INVITE: in its transaction.</summary>
    public SippScript AckOfRefusal()
    {
        _awaitsAnswerToInvite = false;
        return Send(Head($"ACK sip:[service]@[remote_ip]:[remote_port]", Number(_inviteSequence), From("") + To(""), _inviteSequence, "ACK") + Body(null), isRepeated: false);
    }

    /// <summary>Acknowledges a refusal of the last INVITE in the dialog: in its transaction.</summary>
    public SippScript AckOfRefusedReinvite()
    {
        _awaitsAnswerToInvite = false;
        return Send(Head($"ACK [${Of(Target, "")}]", Number(_inviteSequence), From("") + To(""), _inviteSequence, "ACK") + Body(null), isRepeated: false);
    }

    /// <summary>Gives the last INVITE in the dialog up.</summary>
    public SippScript CancelReinvite() =>
        Send(Head($"CANCEL [${Of(Target, "")}]", Number(_inviteSequence), From("") + To(""), _inviteSequence, "CANCEL") + Body(null), isRepeated: true);

    /// <summary>Gives the first INVITE up.</summary>
    public SippScript Cancel()
    {
        _awaitsAnswerToInvite = false;
        return Send(Head($"CANCEL sip:[service]@[remote_ip]:[remote_port]", Number(_inviteSequence), $"{From("")}To: {Called}\n", _inviteSequence, "CANCEL") + Body(null), isRepeated: true);
    }

    /// <summary>Waits for an answer to the INVITE.</summary>
    public SippScript Expect(int status, params Check[] checks) => ExpectIn("", status, checks);

    /// <summary>Waits for an answer to the INVITE. The caller's side takes its peer and target from it, under the dialog's name.</summary>
    public SippScript ExpectIn(string dialog, int status, params Check[] checks)
    {
        if (_awaitsAnswerToInvite && status > 100)
        {
            Receive("response", "100", [], isOptional: true);
        }

        List<Check> all = [Check.Field("CSeq", " INVITE$"), .. checks];
        if (_isCaller && status > 100)
        {
            all.Add(Check.Keep(Of(Peer, dialog), "To", ".*"));
        }

        if (_isCaller && status is > 100 and < 300)
        {
            all.Add(Check.Keep(Of(Target, dialog), "Contact", "<([^>]*)>"));
        }

        return Receive("response", Number(status), all);
    }

    /// <summary>Waits for an answer to a request of this method.</summary>
    public SippScript Expect(int status, string method, params Check[] checks) =>
        Receive("response", Number(status), [Check.Field("CSeq", $" {method}$"), .. checks]);

    /// <summary>Waits for the 2xx of the INVITE and acknowledges it.</summary>
    public SippScript Answered(params Check[] checks) => Expect(200, checks).Ack();

    /// <summary>Ends the call.</summary>
    public SippScript HangUp(string dialog = "") => Request("BYE", dialog: dialog).Expect(200, "BYE");
}
