using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Trunks;

/// <summary>Bob is a carrier with which the gateway registers as 4711.</summary>
public abstract class TrunkTest : CredentialTest
{
    protected const string Aor = "sip:4711@carrier.example";
    protected const int Timeout = 64 * CallScene.T1;

    protected virtual string? ContactUser => null;
    protected virtual TimeSpan? Ping => null;

    protected override SceneOptions Options => base.Options with { Peer = peer => peer.Name == "bob" ? Trunk(peer) : peer };

    protected virtual Peer Trunk(Peer peer) => peer with
    {
        Domain = "carrier.example",
        Credentials = [new PeerCredentials("4711", null, Password)],
        Register = new PeerRegistration(Parse(Aor), TimeSpan.FromMinutes(10), ContactUser),
        CalledFrom = CalledSource.BehindContact,
        Ping = Ping,
    };

    protected static PeerAddress Parse(string uri) => PeerAddress.TryParse(uri, out var address, out _) ? address! : throw new ArgumentException(uri);

    protected ScriptedPhone Carol => Scene.Carol;
    protected PeerState Carrier => Scene.Peers[1];
    protected RegistrationStatus Status => Carrier.Registration!;
    protected bool IsRegistered => Status.IsRegistered(Scene.Harness.Time);

    protected void Begin() => Scene.Turn(Scene.Calls.Trunks.Begin);

    /// <summary>The first REGISTER, which comes within a second.</summary>
    protected SentMessage Begun()
    {
        Begin();
        return NextRegister(1000).Register;
    }

    protected void Answer(SentMessage request, int status, string headers = "", ScriptedPhone? from = null) =>
        (from ?? Bob).Send(ScriptedPhone.Answer(request, status, "Phrase", "tag" + Bob.Secret, headers, "", ""));

    /// <summary>A 200 that names the contact as it was sent.</summary>
    protected void Grant(SentMessage register, int seconds = 600, string headers = "", ScriptedPhone? from = null) =>
        Answer(register, 200, $"Contact: <{ContactOf(register)}>;expires={seconds}\r\n{headers}", from);

    protected SentMessage Registered(int seconds = 600, string headers = "")
    {
        var register = Begun();
        Grant(register, seconds, headers);
        Assert.True(IsRegistered);
        return register;
    }

    protected static string ContactOf(SentMessage register) => Regex.Match(register.Header(HeaderId.Contact)!, "^<([^>]+)>").Groups[1].Value;

    protected static int ExpiresOf(SentMessage register) => int.Parse(Regex.Match(register.Header(HeaderId.Contact)!, ";expires=([0-9]+)$").Groups[1].Value, null);

    protected static string RequestUri(SentMessage sent) => sent.StartLine.Split(' ')[1];

    protected static string Text(SentMessage sent, Slice slice) => Encoding.UTF8.GetString(sent.Parse()[slice]);

    /// <summary>Milliseconds until the next REGISTER, which is expected within these.</summary>
    protected (long After, SentMessage Register) NextRegister(long within, ScriptedPhone? at = null)
    {
        var began = Scene.Harness.Time.Now;
        var phone = at ?? Bob;
        while (phone.Inbox.Count == 0)
        {
            Assert.True(Scene.Harness.Time.Now - began < within, $"no REGISTER within {within} ms");
            Scene.Advance(100);
        }

        return (Scene.Harness.Time.Now - began, phone.ExpectRequest("REGISTER"));
    }

    protected void Stop() => Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.GatewayStopped));

    /// <summary>The gateway stops; nothing is left of it.</summary>
    protected void End()
    {
        Stop();
        if (Bob.Inbox.Count > 0)
        {
            Answer(Bob.ExpectRequest("REGISTER"), 200);
        }

        Scene.End();
        Assert.Equal((0, 0), (Scene.Calls.Trunks.Ending, Scene.Calls.ClientRequests.Count));
        Assert.Empty(Scene.Journal.Faults);
    }
}
