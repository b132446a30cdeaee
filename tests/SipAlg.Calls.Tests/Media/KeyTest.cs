using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Phones with SRTP, and what <c>srtp</c> says of each.</summary>
public abstract class KeyTest : TransferTest, IDisposable
{
    private readonly Dictionary<string, SrtpMode> _modes = [];
    private readonly Dictionary<string, DtmfMode> _digits = [];

    private protected override TransferMode Mode => TransferMode.Gateway;

    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => base.Options.Peer(peer) with { Srtp = _modes.GetValueOrDefault(peer.Name), Dtmf = _digits.GetValueOrDefault(peer.Name), LargeRequests = LargeRequests.Udp },
    };

    private protected SrtpEnd OfAlice { get; } = new(SceneModel.AliceAddress);
    private protected SrtpEnd OfBob { get; } = new(SceneModel.BobAddress);
    private protected SrtpEnd OfCarol { get; } = new(SceneModel.CarolAddress);

    private protected void Have(SrtpMode alice, SrtpMode bob, SrtpMode carol = SrtpMode.Off) => (_modes["alice"], _modes["bob"], _modes["carol"]) = (alice, bob, carol);

    private protected void HaveDigits(DtmfMode alice, DtmfMode bob) => (_digits["alice"], _digits["bob"]) = (alice, bob);

    private protected string ByAlice(string media, int version = 1) => Alice.Sdp(version, null, media);

    private protected string ByBob(string media, int version = 1) => Bob.Sdp(version, null, media);

    private protected static string BodyOf(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private protected void Told(SrtpEnd alice, SentMessage sent) => alice.Learn(Scene.Model.InsideAddress, BodyOf(sent));

    private protected void ToldOutside(SrtpEnd bob, SentMessage sent) => bob.Learn(Scene.Model.OutsideAddress, BodyOf(sent));

    /// <summary>Alice's call to bob, each with a media description.</summary>
    private protected (PhoneDialog A, PhoneDialog B) Talk(string alice, string bob, string called = "bob")
    {
        var a = Alice.Call(called, ByAlice(alice));
        var b = Bob.ExpectCall();
        b.Accept(ByBob(bob));
        Told(OfAlice, a.ExpectAnswered());
        ToldOutside(OfBob, b.Asked);
        return (a, b);
    }

    private protected static void Crosses(SrtpEnd one, SrtpEnd other)
    {
        Assert.Equal(one.Send(), other.Receive());
        Assert.Equal(other.Send(), one.Receive());
    }

    public new void Dispose()
    {
        base.Dispose();
        OfAlice.Dispose();
        OfBob.Dispose();
        OfCarol.Dispose();
        GC.SuppressFinalize(this);
    }
}
