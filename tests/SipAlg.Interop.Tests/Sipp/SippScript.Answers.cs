namespace SipAlg.Interop.Tests.Sipp;

/// <summary>The requests that a script waits for, and its answers to them.</summary>
internal sealed partial class SippScript
{
    /// <summary>By method: whether the last request of it is to begin the dialog.</summary>
    private readonly Dictionary<string, bool> _wantsTag = [];
    private string _first = "";
    private bool _isEstablished;

    /// <summary>Waits for a request and keeps what its answer will need.</summary>
    public SippScript Expect(string method, params Check[] checks)
    {
        var isFirst = !_isCaller && _asked.Length == 0;
        List<Check> all = [.. checks];
        if (method != "ACK")
        {
            _asked = method;
            _first = isFirst ? method : _first;
            _wantsTag[method] = method == _first && !_isEstablished;
            all.AddRange(new[] { "Via", "From", "To", "CSeq" }.Select(field => Check.Keep(Of(field, method), field, ".*")));
        }

        if (method is "INVITE" or "SUBSCRIBE" or "REFER")
        {
            all.Add(Check.Keep(Of(Target, ""), "Contact", "<([^>]*)>"));
        }

        if (isFirst)
        {
            all.Add(Check.Keep(Of(Own, ""), "To", ".*"));
            all.Add(Check.Keep(Of(Peer, ""), "From", ".*"));
        }

        return Receive("request", method, all);
    }

    /// <summary>Answers the request that came last, or the last of this method.</summary>
    /// <param name="status">The code.</param>
    /// <param name="body">What is described.</param>
    /// <param name="headers">Further lines, each ended.</param>
    /// <param name="to">The request's method.</param>
    /// <param name="dialog">The branch of a fork that answers the first INVITE.</param>
    /// <param name="phrase">The reason.</param>
    public SippScript Answer(int status, Body? body = null, string headers = "", string to = "", string dialog = "", string phrase = "As scripted")
    {
        var method = to.Length > 0 ? to : _asked;
        var isInvite = method == "INVITE";
        var tag = _wantsTag[method] && status > 100 ? Tag(dialog) : "";
        _isEstablished |= tag.Length > 0 && status is >= 200 and < 300;
        return Send(
            $"SIP/2.0 {Number(status)} {phrase}\nVia:[${Of("Via", method)}]\nFrom:[${Of("From", method)}]\nTo:[${Of("To", method)}]{tag}\nCall-ID: [call_id]\nCSeq:[${Of("CSeq", method)}]\n"
            + (status < 300 && method is ("INVITE" or "UPDATE" or "SUBSCRIBE" or "REFER") ? Contact + Allow : "") + headers + Body(body),
            isRepeated: isInvite && status >= 200);
    }

    /// <summary>A provisional response that wants a PRACK (RFC 3262).</summary>
    public SippScript AnswerReliably(int status, int number, Body? body = null, string dialog = "", string headers = "") =>
        Answer(status, body, $"Require: 100rel\nRSeq: {Number(number)}\n{headers}", "INVITE", dialog);

    /// <summary>Answers the INVITE and waits for the ACK.</summary>
    public SippScript Accept(Body? body, string dialog = "", params Check[] acknowledged) =>
        Answer(200, body, to: "INVITE", dialog: dialog).Expect("ACK", acknowledged);

    /// <summary>Refuses the INVITE and waits for the ACK.</summary>
    public SippScript Refuse(int status, string headers = "", string phrase = "As scripted") => Answer(status, null, headers, "INVITE", phrase: phrase).Expect("ACK");

    /// <summary>Waits until the other side ends the call.</summary>
    public SippScript HungUp(params Check[] checks) => Expect("BYE", checks).Answer(200);
}
