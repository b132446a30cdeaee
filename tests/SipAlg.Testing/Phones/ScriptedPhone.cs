using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Testing.Phones;

/// <summary>
/// A user agent that does what the test says. All its names (hosts, Call-IDs, tags, branches) hold <see cref="Secret"/>, so that
/// any of them shows where it must not.
/// </summary>
public sealed class ScriptedPhone
{
    private readonly CallScene _scene;
    private readonly List<SentMessage> _inbox = [];
    private int _minted;

    internal ScriptedPhone(CallScene scene, string name, int realm, in Flow flow)
    {
        _scene = scene;
        Name = name;
        Realm = realm;
        Flow = flow;
        Secret = $"q7{name}x";
    }

    public string Name { get; }
    public int Realm { get; }
    public Flow Flow { get; }
    public string Secret { get; }
    /// <summary>Its own address behind a NAT, "192.168.1.5:5060", which it shows in Via (without rport) and Contact; null: there is none.</summary>
    public string? Inner { get; set; }

    public string Host => $"{Secret}.example";

    /// <summary>Its address as a URI has it, with port and, over TCP, the transport.</summary>
    public string Contact => $"sip:{Name}@{Inner ?? Flow.Remote.ToString()}{(Flow.IsReliable ? ";transport=" + TransportNames.Text(Flow.Transport) : "")}";

    public string Transport => TransportNames.Text(Flow.Transport).ToUpperInvariant();

    /// <summary>What has come and was not taken yet.</summary>
    public IReadOnlyList<SentMessage> Inbox => _inbox;

    internal long Now => _scene.Harness.Time.Now;

    internal string Mint(string what) => $"{what}{Secret}{++_minted}";

    internal bool Receives(in Flow flow) => flow.Remote == Flow.Remote && flow.Transport == Flow.Transport;

    internal void Receive(SentMessage sent) => _inbox.Add(sent);

    public void Send(string message) => _scene.Deliver(this, Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")));

    public void Send(byte[] octets) => _scene.Deliver(this, octets);

    /// <summary>A dialog in which it will call.</summary>
    public PhoneDialog Dialog(string called = "bob") => new(this, called);

    /// <summary>Calls with an offer, or with another body.</summary>
    public PhoneDialog Call(string called = "bob", string? body = null, string headers = "")
    {
        var dialog = Dialog(called);
        dialog.Invite(body ?? Sdp(), headers);
        return dialog;
    }

    /// <summary>The next message, a request of this method; a 100 to one of the phone's own is passed over.</summary>
    public SentMessage ExpectRequest(string method)
    {
        var next = Next($"a {method}");
        while (next.StartLine.StartsWith("SIP/2.0 100 ", StringComparison.Ordinal))
        {
            next = Next($"a {method}");
        }

        return next.StartLine.StartsWith(method + " ", StringComparison.Ordinal) ? next : throw Surprise($"a {method}", next);
    }

    /// <summary>The next message, which is an INVITE that begins a dialog.</summary>
    public PhoneDialog ExpectCall() => new(this, ExpectRequest("INVITE"));

    /// <summary>The next message, a response with this status; a 100 before it is passed over.</summary>
    public SentMessage ExpectResponse(int status)
    {
        var next = Next($"a {status}");
        while (status != 100 && next.StartLine.StartsWith("SIP/2.0 100 ", StringComparison.Ordinal))
        {
            next = Next($"a {status}");
        }

        return next.StartLine.StartsWith($"SIP/2.0 {status} ", StringComparison.Ordinal) ? next : throw Surprise($"a {status}", next);
    }

    public void ExpectNothing()
    {
        _inbox.RemoveAll(sent => sent.StartLine.StartsWith("SIP/2.0 100 ", StringComparison.Ordinal));
        if (_inbox.Count > 0)
        {
            throw Surprise("nothing", _inbox[0]);
        }
    }

    /// <summary>Takes all that has come.</summary>
    public SentMessage[] Take()
    {
        SentMessage[] taken = [.. _inbox];
        _inbox.Clear();
        return taken;
    }

    private SentMessage Next(string expected)
    {
        if (_inbox.Count == 0)
        {
            throw new SceneException($"{Name} expects {expected} and got nothing.");
        }

        var next = _inbox[0];
        _inbox.RemoveAt(0);
        return next;
    }

    private SceneException Surprise(string expected, SentMessage got) => new($"{Name} expects {expected} and got:\n{got.Text}");

    /// <summary>A description of one audio stream at this phone.</summary>
    public string Sdp(int port = 4000, int version = 1, string? address = null, string attributes = "", string media = "") =>
        Sdp(version, address, $"m=audio {port} RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n{attributes}{media}");

    /// <summary>A description with these m= lines.</summary>
    public string Sdp(int version, string? address, string media)
    {
        var own = Flow.Remote.Address;
        var kind = own.IsV4 ? "IP4" : "IP6";
        return $"v=0\r\no={Secret} 77 {version} IN {kind} {own}\r\ns=-\r\nc=IN {kind} {address ?? own.ToString()}\r\nt=0 0\r\n{media}";
    }

    /// <summary>What the phone answers to a request: its fields, and what the test adds.</summary>
    public static string Answer(SentMessage request, int status, string phrase, string toTag, string headers, string body, string type)
    {
        var asked = request.Parse();
        var text = new StringBuilder($"SIP/2.0 {status} {phrase}\r\n");
        foreach (var field in asked.Fields)
        {
            if (field.Id is HeaderId.Via or HeaderId.From or HeaderId.CallId or HeaderId.CSeq or HeaderId.RecordRoute)
            {
                text.Append(Encoding.UTF8.GetString(asked[field.Line])).Append("\r\n");
            }
        }

        var to = Encoding.UTF8.GetString(asked.First(HeaderId.To));
        text.Append($"To: {to}{(asked.ToTag.IsEmpty && toTag.Length > 0 ? ";tag=" + toTag : "")}\r\n{headers}");
        return text.Append(Body(body, type)).ToString();
    }

    /// <summary>The end of a message.</summary>
    internal static string Body(string body, string type)
    {
        var octets = body.ReplaceLineEndings("\r\n");
        return body.Length == 0 ? "Content-Length: 0\r\n\r\n" : $"Content-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(octets)}\r\n\r\n{octets}";
    }
}
