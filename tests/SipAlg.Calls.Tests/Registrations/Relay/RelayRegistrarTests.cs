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
    private PeerAddress? _proxy;

    protected override SceneOptions Options => base.Options with { Peer = peer => peer.Name == "bob" && _named is { } address ? peer with { Address = address, OutboundProxy = _proxy } : peer };

    [Fact]
    public void Before_its_name_has_been_looked_up_a_phone_is_told_to_come_again()
    {
        _named = Parse("sip:pbx.example.com");
        var phone = Phone();
        Register(phone, 1);
        phone.ExpectResponse(503);
        Assert.Empty(Scene.Journal.Faults);
        Scene.End();
    }

    /// <summary>RFC 3261 §8.1.2, as of every other request to the PBX.</summary>
    [Fact]
    public void By_an_outbound_proxy_it_carries_its_route()
    {
        (_named, _proxy) = (Parse("sip:pbx.example.com"), Parse($"sip:{SceneModel.BobAddress}:5060"));
        Assert.Equal($"<sip:{SceneModel.BobAddress}:5060;lr>", Registered(Phone()).Header(HeaderId.Route));
        Forget();
        Scene.End();
    }

    /// <summary>Addresses that the registrar knows a user by are its own network's (RFC 7315 §4.1).</summary>
    [Fact]
    public void What_its_network_calls_a_user_stays_there()
    {
        var phone = Phone();
        Register(phone, 1);
        Answers(headers: "P-Associated-URI: <sip:ann@10.0.1.10>\r\nP-Charging-Function-Addresses: ccf=10.0.1.11\r\nX-Other: 1\r\n");
        var answer = phone.ExpectResponse(200);
        Assert.DoesNotContain("10.0.1.1", answer.Text, StringComparison.Ordinal);
        Assert.Contains("X-Other: 1\r\n", answer.Text, StringComparison.Ordinal);
        Forget();
        Scene.End();
    }

    /// <summary>RFC 3261 §19.1.4: a contact is the same with and without a parameter, so that it keeps its name when that changes; another one does not get it then.</summary>
    [Fact]
    public void Two_contacts_never_have_one_name()
    {
        var phone = Phone();
        string Ask(uint cseq, string parameter)
        {
            GoesToThePbx();
            Register(phone, cseq, contact: $"Contact: <sip:ann@{phone.Flow.Remote}{parameter}>\r\n", callId: $"c{cseq}");
            var token = Token(Answers());
            phone.ExpectResponse(200);
            return token;
        }

        var first = Ask(1, ";line=7");
        Assert.Equal((first, first), (Ask(2, ""), Ask(3, ";line=8")));
        var second = Ask(4, ";line=7");
        Assert.Equal(2, Standing);
        Assert.NotEqual(first, second);
        Rings(first, ";line=8");
        Rings(second, ";line=7");
        Forget();
        Scene.End();

        void Rings(string token, string parameter)
        {
            var dialog = Call(token);
            var rung = phone.ExpectCall();
            Assert.Contains(parameter, rung.Asked.StartLine, StringComparison.Ordinal);
            Completes(dialog, rung);
        }
    }

    private static PeerAddress Parse(string uri) => PeerAddress.TryParse(uri, out var address, out _) ? address! : throw new FormatException(uri);

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

    /// <summary>A PBX that answers no ping is not asked: 10,000 phones would wait 32 s each, and come again at once.</summary>
    [Fact]
    public void While_it_is_down_who_must_go_there_is_told_so_at_once()
    {
        var phone = Phone();
        IsDown(true);
        Register(phone, 1);
        Assert.InRange(int.Parse(phone.ExpectResponse(503).Header(HeaderId.RetryAfter)!, System.Globalization.CultureInfo.InvariantCulture), 10, 19);
        Pbx.ExpectNothing();
        Assert.Equal(1, Scene.Calls.Counters.Refused[(SceneModel.Inside * (int)Lanes.RefusalReason.Count) + (int)Lanes.RefusalReason.RegistrarDown]);
        IsDown(false);
        Registered(phone, 2);
        Forget();
        Scene.End();
    }

    /// <summary>What it has granted holds; the turn of a refresh to go there waits until it is back.</summary>
    [Fact]
    public void While_it_is_down_a_refresh_is_answered_as_long_as_it_has_granted()
    {
        var phone = Phone();
        Registered(phone);
        Scene.Calls.Relay!.Bindings.State(0).RefreshAt = 0;
        IsDown(true);
        for (var turn = 2u; turn <= 11; turn++)
        {
            Scene.Advance(55_000);
            Register(phone, turn);
            phone.ExpectResponse(200);
        }

        Pbx.ExpectNothing();
        Scene.Advance(40_000);
        Register(phone, 12);
        phone.ExpectResponse(503);
        IsDown(false);
        Register(phone, 13);
        Answers();
        phone.ExpectResponse(200);
        Forget();
        Scene.End();
    }

    private void IsDown(bool isDown) => Scene.Peers[1].Reach = PeerReach.Unknown with { IsDown = isDown };
}
