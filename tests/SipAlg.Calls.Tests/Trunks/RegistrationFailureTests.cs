using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Trunks;

/// <summary>A registrar that refuses, fails or is silent: when it is asked again, and where.</summary>
public sealed class RegistrationFailureTests : TrunkTest
{
    private const string BobAt = SceneModel.BobAddress + ":5060";
    private const string CarolAt = SceneModel.CarolAddress + ":5060";

    private bool _isNamed;

    protected override Peer Trunk(Peer peer) => _isNamed ? base.Trunk(peer) with { Address = Parse("sip:carrier.example") } : base.Trunk(peer);

    private void CarrierIsAt(params string[] endpoints)
    {
        _isNamed = true;
        Carrier.Hops.Set(SceneNames.Places("carrier.example", endpoints));
    }

    /// <summary>The waits, of which each is the lower half of a growing time at least.</summary>
    private void Waits(int status, params (int Least, int Most)[] seconds)
    {
        var register = Begun();
        foreach (var (least, most) in seconds)
        {
            Answer(register, status);
            (var after, register) = NextRegister((most + 1) * 1000L);
            Assert.InRange(after, least * 1000L, (most * 1000L) + 100);
        }

        Grant(register);
        Assert.Equal(0, Status.Failures);
        End();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    public void A_failure_is_tried_again_after_a_growing_time(int status) => Waits(status, (5, 10), (10, 20), (20, 40), (40, 80), (80, 160), (150, 300), (150, 300));

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(302)]
    [InlineData(603)]
    public void A_refusal_is_tried_again_slowly(int status) => Waits(status, (150, 300), (300, 600), (600, 1200), (1200, 2400), (1800, 3600), (1800, 3600));

    [Fact]
    public void A_wrong_password_is_a_refusal()
    {
        Answer(Begun(), 401, Challenge("n1"));
        Answer(Bob.ExpectRequest("REGISTER"), 401, Challenge("n2"));
        Bob.ExpectNothing();
        Assert.Equal((RegistrationOutcome.Refused, 401), (Status.Outcome, Status.Status));
        Assert.Equal(["bob not registered: refused 401"], Scene.Journal.Peers);
        End();
    }

    [Theory]
    [InlineData(503, 120)]
    [InlineData(500, 120)]
    [InlineData(403, 900)]
    public void Retry_After_is_honoured(int status, int seconds)
    {
        Answer(Begun(), status, $"Retry-After: {seconds}\r\n");
        var (after, register) = NextRegister((seconds + 20) * 1000L);
        Assert.InRange(after, seconds * 1000L, ((seconds + 10) * 1000L) + 100);
        Grant(register);
        End();
    }

    [Fact]
    public void Retry_After_is_believed_for_an_hour_at_most()
    {
        Answer(Begun(), 503, "Retry-After: 99999999\r\n");
        var (after, register) = NextRegister(3700_000);
        Assert.InRange(after, 3600_000, 3610_100);
        Grant(register);
        End();
    }

    [Fact]
    public void Silence_is_a_failure_after_its_time()
    {
        Begun();
        Scene.Advance(Timeout);
        Bob.Take();
        Assert.Equal(RegistrationOutcome.TimedOut, Status.Outcome);
        var (after, register) = NextRegister(11_000);
        Assert.InRange(after, 4000, 10_100);
        Assert.Equal("2 REGISTER", Sequence(register));
        Grant(register);
        Assert.Equal(["bob not registered: no answer 0", "bob registered"], Scene.Journal.Peers);
        End();
    }

    /// <summary>One line a change, however often it is tried.</summary>
    [Fact]
    public void A_failure_that_stays_is_told_once()
    {
        var register = Begun();
        for (var tries = 0; tries < 5; tries++)
        {
            Answer(register, 500);
            (_, register) = NextRegister(301_000);
        }

        Answer(register, 403);
        Assert.Equal(["bob not registered: failed 500", "bob not registered: refused 403"], Scene.Journal.Peers);
        Assert.Equal(6, Status.Failures);
        End();
    }

    /// <summary>The registrar said how long; that it cannot be asked now changes nothing of it.</summary>
    [Fact]
    public void What_was_granted_holds_to_its_end()
    {
        Registered(60);
        var (after, register) = NextRegister(31_000);
        Answer(register, 500);
        Assert.True(IsRegistered);
        Scene.Advance(60_000 - after - 200);
        Assert.True(IsRegistered);
        Scene.Advance(1000);
        Assert.False(IsRegistered);
        Bob.Take();
        Stop();
        Scene.End();
    }

    // ---- RFC 3263 §4.3

    [Theory]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(408)]
    public void The_next_place_is_asked_at_once(int status)
    {
        _isNamed = true;
        CarrierIsAt(BobAt, CarolAt);
        var first = Begun();
        Answer(first, status);
        var second = Carol.ExpectRequest("REGISTER");
        Assert.Equal((first.Header(HeaderId.CallId), "2 REGISTER"), (second.Header(HeaderId.CallId), Sequence(second)));
        Grant(second, 60, from: Carol);
        Assert.True(IsRegistered);

        var (_, refresh) = NextRegister(60_000, Carol);
        Grant(refresh, 600, from: Carol);
        Bob.ExpectNothing();
        Stop();
        Answer(Carol.ExpectRequest("REGISTER"), 200, from: Carol);
        Scene.End();
    }

    [Fact]
    public void It_is_taken_back_where_it_was_granted()
    {
        _isNamed = true;
        CarrierIsAt(BobAt, CarolAt);
        Registered(60);
        var (_, refresh) = NextRegister(60_000);
        Answer(refresh, 503);
        Answer(Carol.ExpectRequest("REGISTER"), 503, from: Carol);
        Stop();
        var last = Bob.ExpectRequest("REGISTER");
        Assert.Equal(0, ExpiresOf(last));
        Answer(last, 200);
        Carol.ExpectNothing();
        Scene.End();
    }

    [Fact]
    public void A_place_that_is_silent_has_its_share_of_the_time()
    {
        _isNamed = true;
        CarrierIsAt(BobAt, CarolAt);
        Begun();
        Scene.Advance((Timeout / 2) - 1000);
        Carol.ExpectNothing();
        Scene.Advance(1000);
        Grant(Carol.ExpectRequest("REGISTER"), from: Carol);
        Bob.Take();
        Scene.Advance(Timeout);
        Bob.ExpectNothing();
        Stop();
        Answer(Carol.ExpectRequest("REGISTER"), 200, from: Carol);
        Scene.End();
    }

    [Fact]
    public void After_icmp_the_next_place_is_asked()
    {
        _isNamed = true;
        CarrierIsAt(BobAt, CarolAt);
        Begun();
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow, UnreachableReason.Port));
        Scene.Advance(1);
        Grant(Carol.ExpectRequest("REGISTER"), from: Carol);
        Stop();
        Answer(Carol.ExpectRequest("REGISTER"), 200, from: Carol);
        Scene.End();
    }

    [Fact]
    public void A_refusal_is_not_carried_to_the_next_place()
    {
        _isNamed = true;
        CarrierIsAt(BobAt, CarolAt);
        Answer(Begun(), 403);
        Carol.ExpectNothing();
        End();
    }

    [Fact]
    public void When_every_place_has_failed_it_waits()
    {
        _isNamed = true;
        CarrierIsAt(BobAt, CarolAt);
        Answer(Begun(), 503);
        Answer(Carol.ExpectRequest("REGISTER"), 503, from: Carol);
        Bob.ExpectNothing();
        var (after, register) = NextRegister(11_000);
        Assert.InRange(after, 5000, 10_100);
        Grant(register);
        End();
    }

    [Fact]
    public void It_waits_for_the_name_to_be_found()
    {
        _isNamed = true;
        Begin();
        Scene.Advance(5000);
        Bob.ExpectNothing();
        Assert.Empty(Scene.Journal.Peers);
        Carrier.Hops.Miss();
        Scene.Advance(1000);
        Assert.Equal(["bob not registered: no known address 0"], Scene.Journal.Peers);
        CarrierIsAt(BobAt);
        var (after, register) = NextRegister(11_000);
        Assert.InRange(after, 0, 10_100);
        Grant(register);
        End();
    }

    // ---- TCP

    [Fact]
    public void A_connection_that_is_gone_is_a_reason_to_register_anew()
    {
        var trunk = Scene.Phone("trunk", SceneModel.Outside, SceneModel.CarolAddress, 5090, connection: 7);
        Carrier.Hops.Set(SipHopsOver(trunk));
        Begin();
        var (_, register) = NextRegister(1000, trunk);
        Assert.EndsWith(";transport=tcp", ContactOf(register), StringComparison.Ordinal);
        Grant(register, from: trunk);
        Assert.Equal(TimeSpan.FromMinutes(10), Scene.Harness.Network.Held[7]);
        Scene.Turn(() => Scene.Harness.ConnectionClosed(trunk.Flow));
        var (after, again) = NextRegister(3100, trunk);
        Assert.InRange(after, 0, 3100);
        Grant(again, from: trunk);
        Stop();
        Answer(trunk.ExpectRequest("REGISTER"), 200, from: trunk);
        Scene.End();
    }

    /// <summary>A registrar that closes what it has just answered on is not asked again and again for that.</summary>
    [Fact]
    public void A_connection_that_is_closed_after_each_answer_brings_no_storm()
    {
        var trunk = Scene.Phone("trunk", SceneModel.Outside, SceneModel.CarolAddress, 5090, connection: 7);
        Carrier.Hops.Set(SipHopsOver(trunk));
        Begin();
        var asked = 0;
        for (var second = 0; second < 1800; second++)
        {
            Scene.Advance(1000);
            foreach (var register in trunk.Take())
            {
                asked++;
                Grant(register, from: trunk);
                Scene.Turn(() => Scene.Harness.ConnectionClosed(trunk.Flow));
            }
        }

        // Every 480 s without that.
        Assert.InRange(asked, 4, 20);
        Assert.True(IsRegistered);
        Stop();
        Answer(trunk.ExpectRequest("REGISTER"), 200, from: trunk);
        Scene.End();
    }

    private static Signaling.Resolution.SipHops SipHopsOver(Testing.Phones.ScriptedPhone phone) =>
        Signaling.Resolution.SipHops.Of("carrier.example", [new Signaling.Resolution.SipHop(Transport.Tcp, phone.Flow.Remote)], TimeSpan.FromMinutes(1));
}
