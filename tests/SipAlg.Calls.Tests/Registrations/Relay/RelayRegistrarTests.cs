using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>What becomes of the registrar: where it is, whether it is there, and what others ask of it meanwhile.</summary>
public sealed class RelayRegistrarTests : RelayTest
{
    private PeerAddress? _named;

    protected override SceneOptions Options => base.Options with { Peer = peer => peer.Name == "bob" && _named is { } address ? peer with { Address = address } : peer };

    [Fact]
    public void Before_its_name_has_been_looked_up_a_phone_is_told_to_come_again()
    {
        _named = PeerAddress.TryParse("sip:pbx.example.com", out var address, out _) ? address : null;
        var phone = Phone();
        Register(phone, 1);
        phone.ExpectResponse(503);
        Assert.Empty(Scene.Journal.Faults);
        Scene.End();
    }

    /// <summary>RFC 3608 §5: the routes that a registrar gives are those of other requests; and these are of the gateway's own registration with it.</summary>
    [Fact]
    public void The_service_route_of_the_gateways_own_registration_is_not_the_way_of_a_register()
    {
        var way = new PeerHops();
        way.Set(SipHops.Of("carol", [new SipHop(Transport.Udp, Scene.Carol.Flow.Remote)], TimeSpan.MaxValue));
        Scene.Peers[1].GoBy("<sip:carol;lr>"u8, way);
        Registered(Phone());
        Scene.Carol.ExpectNothing();
        Forget();
        Scene.End();
    }

    [Fact]
    public void One_source_does_not_use_up_what_waits_for_the_pbx()
    {
        var (bad, good) = (Phone("bad", "127.91.0.67"), Phone());
        for (var user = 0; user < 251; user++)
        {
            Register(bad, 1, $"u{user}", callId: $"c{user}@{bad.Host}");
        }

        Assert.Equal("5", bad.ExpectResponse(503).Header(HeaderId.RetryAfter));
        Assert.Equal(250, Pbx.Take().Length);
        Registered(good);
        Scene.Advance(32_000);
        Assert.Equal(250, bad.Take().Length);
        Pbx.Take();

        // What has been answered counts no more.
        Register(bad, 1, "ben");
        Answers(403);
        bad.ExpectResponse(403);
        Forget();
        Scene.End();
    }

    /// <summary>If it was started anew, it may have forgotten who was registered.</summary>
    [Fact]
    public void When_it_is_back_it_hears_the_next_refresh_of_each_phone()
    {
        var phone = Phone();
        Registered(phone);
        Scene.Calls.Relay!.Bindings.State(0).RefreshAt = long.MaxValue;
        Register(phone, 2);
        phone.ExpectResponse(200);
        Pbx.ExpectNothing();
        Scene.Turn(() => Scene.Calls.Trunks.OnPeerBack(Scene.Peers[1].Peer));
        Register(phone, 3);
        Answers();
        phone.ExpectResponse(200);
        Forget();
        Scene.End();
    }

    [Fact]
    public void Another_peer_that_is_back_is_none_of_its_phones_business()
    {
        var phone = Phone();
        Registered(phone);
        Scene.Calls.Relay!.Bindings.State(0).RefreshAt = long.MaxValue;
        Scene.Turn(() => Scene.Calls.Trunks.OnPeerBack(Scene.Peers[2].Peer));
        Register(phone, 2);
        phone.ExpectResponse(200);
        Pbx.ExpectNothing();
        Forget();
        Scene.End();
    }
}
