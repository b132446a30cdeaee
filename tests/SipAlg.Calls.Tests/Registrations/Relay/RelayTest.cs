using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls.NextHops;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>Phones of the inner realm whose registrar is bob, a PBX in the outer one: the test says what it answers.</summary>
public abstract class RelayTest : NextHopTest
{
    protected const string Domain = "pbx.example.com";
    protected const string Challenge = "WWW-Authenticate: Digest realm=\"pbx.example.com\", nonce=\"n1\", qop=\"auth\", algorithm=MD5\r\n";
    protected const string Proof = "Authorization: Digest username=\"ann\", realm=\"pbx.example.com\", nonce=\"n1\", uri=\"sip:pbx.example.com\", response=\"0123456789abcdef0123456789abcdef\", qop=auth, nc=00000001, cnonce=\"c\"\r\n";

    protected static readonly TimeSpan Upstream = TimeSpan.FromMinutes(10);
    protected static readonly TimeSpan Granted = TimeSpan.FromSeconds(60);

    private int _branch;

    protected override SceneOptions Options => new()
    {
        Relay = (model, realm) => realm.Index == SceneModel.Inside ? new RelaySettings(model.Bob, Upstream, Granted) : null,
        Routes = Routes,

        // What has no route of its own is the test's.
        UsualRoutes = _ => [],
    };

    protected virtual IEnumerable<Route> Routes(SceneModel model) => [];

    protected ScriptedPhone Pbx => Scene.Bob;

    protected ScriptedPhone Phone(string name = "desk", string address = "127.91.0.66", ushort port = 5060, ulong connection = 0) =>
        Scene.Phone(name, SceneModel.Inside, address, port, connection);

    /// <summary>A REGISTER, as the phone sends it.</summary>
    protected void Register(ScriptedPhone phone, uint cseq, string user = "ann", int? expires = 300, string? contact = null, string headers = "", string? callId = null, string uri = $"sip:{Domain}", string aor = Domain) => phone.Send(
        $"REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/{phone.Transport} {phone.Inner ?? phone.Flow.Remote.ToString()};branch=z9hG4bK{phone.Name}{++_branch};rport\r\nMax-Forwards: 70\r\n" +
        $"From: <sip:{user}@{aor}>;tag=f1\r\nTo: <sip:{user}@{aor}>\r\nCall-ID: {callId ?? $"r@{phone.Host}"}\r\nCSeq: {cseq} REGISTER\r\n" +
        $"{contact ?? $"Contact: <sip:{user}@{phone.Inner ?? phone.Flow.Remote.ToString()};line=7{(phone.Flow.IsReliable ? ";transport=tcp" : "")}>\r\n"}{(expires is { } seconds ? $"Expires: {seconds}\r\n" : "")}{headers}Content-Length: 0\r\n\r\n");

    /// <summary>What the PBX answers to the REGISTER that is its next message; by default it grants what it is asked for.</summary>
    protected SentMessage Answers(int status = 200, string headers = "", string? contacts = null)
    {
        var asked = Pbx.ExpectRequest("REGISTER");
        var contact = contacts ?? (status == 200 ? Lines(asked, HeaderId.Contact) : "");
        Pbx.Send(ScriptedPhone.Answer(asked, status, "Phrase", "p1", contact + headers, "", ""));
        return asked;
    }

    /// <summary>The phone registers, and the PBX accepts it.</summary>
    protected SentMessage Registered(ScriptedPhone phone, uint cseq = 1, string user = "ann", string headers = Proof)
    {
        Register(phone, cseq, user, headers: headers);
        var asked = Answers();
        phone.ExpectResponse(200);
        return asked;
    }

    /// <summary>No refresh is answered without the PBX.</summary>
    protected void GoesToThePbx()
    {
        var bindings = Scene.Calls.Relay!.Bindings;
        for (var slot = 0; slot < bindings.Top; slot++)
        {
            bindings.State(slot).RefreshAt = 0;
        }
    }

    /// <summary>The user part of the contact that the PBX got.</summary>
    protected static string Token(SentMessage register) => Regex.Match(register.Header(HeaderId.Contact)!, "sip:([^@]+)@").Groups[1].Value;

    /// <summary>A contact with this user part, as the PBX has it.</summary>
    protected string ContactOf(string token) => $"sip:{token}@{Pbx.Flow.Local}";

    protected static string Lines(SentMessage sent, HeaderId id)
    {
        var (message, lines) = (sent.Parse(), new StringBuilder());
        foreach (var field in message.Fields)
        {
            if (field.Id == id)
            {
                lines.Append(Encoding.UTF8.GetString(message[field.Line])).Append("\r\n");
            }
        }

        return lines.ToString();
    }

    /// <summary>The seconds that a 200 grants to the contact of this user.</summary>
    protected static int Expires(SentMessage answer, string user = "ann") =>
        int.Parse(Regex.Match(Lines(answer, HeaderId.Contact), $"<sip:{user}@[^>]+>;expires=([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>The PBX calls a contact that it was given.</summary>
    protected PhoneDialog Call(string token)
    {
        var dialog = Pbx.Dialog("ann");
        dialog.SetTarget(ContactOf(token));
        dialog.Invite(Pbx.Sdp());
        return dialog;
    }

    /// <summary>A phone has its answer when the PBX has taken its BYE.</summary>
    protected static new void HangUp(PhoneDialog a, PhoneDialog b)
    {
        a.Bye();
        b.ExpectBye();
        a.Expect(200);
    }

    protected new void Completes(PhoneDialog caller, PhoneDialog callee)
    {
        callee.Accept();
        caller.ExpectAnswered();
        Ports(2);
        HangUp(caller, callee);
    }

    protected int Standing => Scene.Calls.Registrar!.Active(SceneModel.Inside);

    /// <summary>Forgets who is registered, and ends.</summary>
    protected void Forget(params string[] users)
    {
        foreach (var user in users.Append("ann"))
        {
            Scene.Calls.Registrar!.End(Encoding.UTF8.GetBytes($"{user}@{Domain}"));
        }

        Assert.Equal(0, Standing);
        Assert.Equal(0, Scene.Calls.Admitted.Count);
    }

    protected static bool IsToken(string text) => MintedId.TryParse(Encoding.ASCII.GetBytes(text), out _);
}
