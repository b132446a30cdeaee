using SipAlg.Calls.Admission;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Admission;

/// <summary>The gate before the calls: who is heard, and who comes to be known.</summary>
public sealed class GateTests : UserTest
{
    private static readonly StrangerLimits Few = new() { Packets = new GateRate(1, 20), Requests = new GateRate(1, 10), AllRequests = null };

    private readonly GateBoard _gate = new(TimeProvider.System, 7, 8);

    protected override SceneOptions Options
    {
        get
        {
            var usual = base.Options;
            return usual with { Gate = _gate, ChecksMessages = false, Realm = realm => usual.Realm(realm) with { Access = new RealmAccess { Strangers = Few } } };
        }
    }

    private void Begin(Func<Realm, RealmAccess>? access = null)
    {
        var model = Scene.Model.Gateway with { Realms = [.. Scene.Model.Realms.Select(realm => realm with { Access = access?.Invoke(realm) ?? realm.Access })] };
        _gate.Rules = RealmGates.Of(model, new PeerTable(model.Peers));
    }

    private long Dropped(GateVerdict reason, int realm = SceneModel.Inside) => Scene.Harness.Lane.Gate!.Counters.Dropped(realm, reason);

    private ScriptedPhone Eve() => Scene.Phone("eve", SceneModel.Inside, "127.91.0.99", 5060);

    private static int Challenges(ScriptedPhone phone, int requests)
    {
        for (var request = 0; request < requests; request++)
        {
            phone.Dialog("anna").Request("OPTIONS");
        }

        return phone.Take().Length;
    }

    [Fact]
    public void A_stranger_is_challenged_so_often_and_then_dropped()
    {
        Begin();
        Assert.Equal(10, Challenges(Eve(), 100));
        Assert.Equal(10, Dropped(GateVerdict.SourceRequests));
        Assert.Equal(80, Dropped(GateVerdict.SourcePackets));
        Scene.Advance(5_000);
        Assert.Equal(5, Challenges(Scene.Phone("eve2", SceneModel.Inside, "127.91.0.99", 5080), 5));
        Scene.End();
    }

    /// <summary>An answer to what cannot be understood is one that strangers may bring about no more often than others.</summary>
    [Fact]
    public void What_cannot_be_read_is_answered_so_often_and_then_dropped()
    {
        Begin();
        var eve = Eve();
        for (var request = 0; request < 15; request++)
        {
            eve.Send($"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP {eve.Flow.Remote};branch=z9hG4bK{request}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: {request}\r\nCSeq: x OPTIONS\r\nContent-Length: 0\r\n\r\n");
        }

        Assert.Equal(10, eve.Take().Length);
        Assert.Equal(5, Dropped(GateVerdict.SourceRequests));
        Scene.End();
    }

    [Fact]
    public void Who_is_denied_gets_no_answer()
    {
        Begin(_ => new RealmAccess { Deny = Set("127.91.0.99") });
        Assert.Equal(0, Challenges(Eve(), 3));
        Assert.Equal(3, Dropped(GateVerdict.Denied));
        Scene.End();
    }

    [Fact]
    public void Only_who_is_allowed_is_heard_be_he_a_peer()
    {
        Begin(realm => realm.Index == SceneModel.Inside ? new RealmAccess { Allow = Set("127.91.0.99") } : realm.Access);
        Alice.Call();
        Bob.ExpectNothing();
        Alice.ExpectNothing();
        Assert.Equal(1, Challenges(Eve(), 1));
        Scene.End();
    }

    [Fact]
    public void A_phone_that_has_registered_is_heard_however_much_it_says()
    {
        Begin();
        var phone = Eve();
        Register(phone, "anna");
        Assert.Equal(100, Challenges(phone, 100));
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_peer_is_heard_however_much_it_says()
    {
        Begin();
        Assert.Equal(100, Challenges(Alice, 100));
        Scene.End();
    }

    [Fact]
    public void The_far_side_of_a_call_is_known_and_others_are_not()
    {
        Begin();
        var (a, b) = Answered();
        Assert.True(_gate.Known.Has(Bob.Flow.Remote.Address, Scene.Harness.Time.Now));
        Assert.False(_gate.Known.Has(IpAddress.Parse("127.91.0.99"), Scene.Harness.Time.Now));
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void A_wrong_password_makes_nobody_known()
    {
        Begin();
        var phone = Eve();
        phone.Dialog("anna").Request("OPTIONS");
        phone.Take();
        Assert.False(_gate.Known.Has(phone.Flow.Remote.Address, Scene.Harness.Time.Now));
        Scene.End();
    }

    private static AddressSet Set(params string[] blocks) => new(blocks.Select(text => IpNetwork.TryParse(text, out var network) ? network : throw new FormatException(text)));
}
