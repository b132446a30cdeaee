using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Tests.Calls.NextHops;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Trunks;

/// <summary>OPTIONS to peers: who is down, who is up again, and what calls make of it.</summary>
public sealed class PingTests : NextHopTest
{
    private const int Interval = 30_000;
    private const string BobAt = SceneModel.BobAddress + ":5060";
    private const string CarolAt = SceneModel.CarolAddress + ":5060";

    private bool _isNamed;
    private bool _pingsDave;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name == "bob" ? peer with { Ping = TimeSpan.FromMilliseconds(Interval), Address = _isNamed ? new PeerAddress { Host = "pbx.example" } : peer.Address }
            : peer.Name == "dave" && _pingsDave ? peer with { Ping = TimeSpan.FromMilliseconds(Interval) } : peer,
        Routes = model =>
        [
            Route("two", [SceneModel.To(model.Bob), SceneModel.To(model.Dave)]),
            Route("one", [SceneModel.To(model.Bob)]),
            Route("112", [SceneModel.To(model.Bob), SceneModel.To(model.Dave)], head => head with { IsEmergency = true }),
        ],
    };

    private PeerState Pbx => Scene.Peers[1];
    private bool IsUp => Pbx.IsUp(Scene.Harness.Time);

    private void Begin() => Scene.Turn(Scene.Calls.Trunks.Begin);

    private static void Answer(SentMessage ping, ScriptedPhone by, int status = 200) => by.Send(ScriptedPhone.Answer(ping, status, "Phrase", "tag" + by.Secret, "", "", ""));

    /// <summary>The next ping, and after how long it came.</summary>
    private (SentMessage Ping, long After) Next(ScriptedPhone? at = null, long within = Interval + 100)
    {
        var phone = at ?? Bob;
        phone.Take();
        var began = Scene.Harness.Time.Now;
        while (phone.Inbox.Count == 0)
        {
            Assert.True(Scene.Harness.Time.Now - began <= within, "no OPTIONS");
            Scene.Advance(100);
        }

        return (phone.ExpectRequest("OPTIONS"), Scene.Harness.Time.Now - began);
    }

    /// <summary>Two pings are lost.</summary>
    private void GoDown()
    {
        Next();
        Assert.True(IsUp);
        Scene.Advance(5000);
        Assert.True(IsUp);
        Scene.Advance(5000);
        Assert.False(IsUp);
        Bob.Take();
    }

    private void End()
    {
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.GatewayStopped));
        Bob.Take();
        Scene.End();
        Assert.Empty(Scene.Journal.Faults);
    }

    [Fact]
    public void It_is_asked_at_its_own_time_and_then_again_and_again()
    {
        Begin();
        var (ping, _) = Next();
        Assert.Equal($"sip:{SceneModel.BobAddress}:5060", ping.StartLine.Split(' ')[1]);
        Assert.Equal(($"<sip:{SceneModel.BobAddress}>", "application/sdp"), (ping.Header(HeaderId.To), ping.Header(HeaderId.Accept)));
        Assert.DoesNotContain(SceneModel.AliceAddress, ping.Text, StringComparison.Ordinal);
        Answer(ping, Bob);
        for (var round = 0; round < 3; round++)
        {
            var (again, after) = Next();
            Assert.InRange(after, Interval - 200, Interval + 100);
            Answer(again, Bob);
        }

        Assert.Empty(Scene.Journal.Peers);
        End();
    }

    [Fact]
    public void Not_all_peers_are_asked_at_once()
    {
        _pingsDave = true;
        Begin();
        var first = new List<long>();
        foreach (var phone in new[] { Bob, Dave })
        {
            _ = phone.Inbox;
        }

        while (Bob.Inbox.Count == 0 || Dave.Inbox.Count == 0)
        {
            Scene.Advance(100);
            if (first.Count == 0 && Bob.Inbox.Count + Dave.Inbox.Count > 0)
            {
                first.Add(Scene.Harness.Time.Now);
            }
        }

        Assert.NotEqual(first[0], Scene.Harness.Time.Now);
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.GatewayStopped));
        Scene.End();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(500)]
    [InlineData(603)]
    public void Any_other_answer_says_that_it_is_there(int status)
    {
        Begin();
        for (var round = 0; round < 4; round++)
        {
            Answer(Next().Ping, Bob, status);
        }

        Assert.True(IsUp);
        End();
    }

    [Theory]
    [InlineData(408, "408 Request Timeout")]
    [InlineData(503, "503 Service Unavailable")]
    public void These_answers_say_that_it_is_not(int status, string reason)
    {
        Begin();
        Answer(Next().Ping, Bob, status);
        Assert.True(IsUp);
        var (second, after) = Next();
        Assert.InRange(after, 4800, 5100);
        Answer(second, Bob, status);
        Assert.False(IsUp);
        Assert.Equal([$"bob down: {reason}"], Scene.Journal.Peers);
        End();
    }

    [Fact]
    public void One_that_is_lost_is_no_more_than_a_doubt()
    {
        Begin();
        Next();
        Scene.Advance(5000);
        Answer(Bob.Take()[^1], Bob);
        Assert.InRange(Next().After, Interval - 5200, Interval + 100);
        Assert.Empty(Scene.Journal.Peers);
        End();
    }

    [Fact]
    public void Down_after_two_asked_each_five_seconds_up_after_one()
    {
        Begin();
        GoDown();
        Assert.Equal((true, PingLoss.NoAnswer), (Pbx.Reach.IsDown, Pbx.Reach.Reason));
        var since = Pbx.Reach.Since;
        for (var round = 0; round < 5; round++)
        {
            var probes = Next(within: 5100);
            Scene.Advance(1);
            Assert.InRange(probes.After, 0, 5100);
        }

        Assert.Equal(since, Pbx.Reach.Since);
        Answer(Next(within: 5100).Ping, Bob);
        Assert.True(IsUp);
        Assert.Equal(["bob down: no answer", "bob up"], Scene.Journal.Peers);
        Assert.InRange(Next().After, Interval - 5100, Interval + 100);
        End();
    }

    /// <summary>A ping that was given up is not sent again, however long its transaction would live.</summary>
    [Fact]
    public void A_lost_ping_is_not_repeated()
    {
        Begin();
        GoDown();
        Scene.Advance(4900);
        var branches = Bob.Take().Select(sent => Encoded(sent)).Distinct().Count();
        Assert.InRange(branches, 1, 2);
        Assert.InRange(Scene.Harness.Transactions.Count, 0, 1);
        End();
    }

    private static string Encoded(SentMessage sent) => System.Text.Encoding.ASCII.GetString(sent.Parse()[sent.Parse().Branch]);

    [Fact]
    public void Icmp_is_a_loss()
    {
        Begin();
        for (var round = 0; round < 2; round++)
        {
            Next();
            Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow, UnreachableReason.Port));
            Scene.Advance(1);
        }

        Assert.Equal(["bob down: unreachable"], Scene.Journal.Peers);
        End();
    }

    // ---- calls

    [Fact]
    public void A_call_passes_it_over_and_comes_back_to_it()
    {
        Begin();
        GoDown();
        var a = Alice.Call("two");
        Completes(a, Dave.ExpectCall());
        Answer(Next(within: 5100).Ping, Bob);
        Completes(Alice.Call("two"), Bob.ExpectCall());
        End();
    }

    [Theory]
    [InlineData("one")]
    [InlineData("112")]
    public void It_is_tried_all_the_same_where_nobody_else_is_left_and_by_an_emergency(string called)
    {
        Begin();
        GoDown();
        var a = Alice.Call(called);
        Completes(a, Bob.ExpectCall());
        End();
    }

    [Fact]
    public void A_request_outside_a_call_passes_it_over_too()
    {
        Begin();
        GoDown();
        var a = Alice.Dialog("two");
        a.Request("MESSAGE", "", "Hello", "text/plain");
        var message = Dave.ExpectRequest("MESSAGE");
        Dave.Send(ScriptedPhone.Answer(message, 200, "OK", "t" + Dave.Secret, "", "", ""));
        a.Expect(200);
        End();
    }

    // ---- several places

    [Fact]
    public void A_place_that_is_silent_goes_last_and_the_peer_is_up()
    {
        _isNamed = true;
        Pbx.Hops.Set(SceneNames.Places("pbx.example", BobAt, CarolAt));
        Begin();
        Answered(Carol, until: () => Pbx.Reach.Silent.Length == 1);
        Assert.True(IsUp);
        Assert.Equal(["bob " + BobAt + " down"], Scene.Journal.Peers);
        var a = Alice.Call("one");
        Bob.Take();
        Completes(a, Carol.ExpectCall());
        End();
    }

    [Fact]
    public void A_peer_is_down_when_all_of_its_places_are()
    {
        _isNamed = true;
        Pbx.Hops.Set(SceneNames.Places("pbx.example", BobAt, CarolAt));
        Begin();
        Scene.Advance(Interval + 11_000);
        Assert.False(IsUp);
        Assert.Equal("bob down: no answer", Scene.Journal.Peers[^1]);
        Carol.Take();
        Answered(Carol, until: () => IsUp);
        Assert.Equal(["bob " + CarolAt + " up", "bob up"], Scene.Journal.Peers.TakeLast(2));
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.GatewayStopped));
        Scene.End();
    }

    [Fact]
    public void A_place_that_is_gone_is_not_asked_any_more()
    {
        _isNamed = true;
        Pbx.Hops.Set(SceneNames.Places("pbx.example", BobAt));
        Begin();
        GoDown();
        Pbx.Hops.Set(SceneNames.Places("pbx.example", CarolAt));
        Scene.Advance(5000);
        Bob.Take();
        Assert.True(IsUp);
        Answered(Carol, until: () => Scene.Harness.Time.Now > 120_000);
        Bob.ExpectNothing();
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.GatewayStopped));
        Scene.End();
    }

    /// <summary>This phone answers all pings, until something has come about.</summary>
    private void Answered(ScriptedPhone phone, Func<bool> until)
    {
        for (var steps = 0; !until(); steps++)
        {
            Assert.True(steps < 3000);
            Scene.Advance(100);
            foreach (var sent in phone.Take().Where(sent => sent.StartLine.StartsWith("OPTIONS", StringComparison.Ordinal)))
            {
                Answer(sent, phone);
            }
        }
    }
}

/// <summary>A carrier with which the gateway registers and which it pings.</summary>
public sealed class PingedRegistrarTests : TrunkTest
{
    protected override TimeSpan? Ping => TimeSpan.FromSeconds(30);

    /// <summary>A registrar that was started anew has forgotten who was registered.</summary>
    [Fact]
    public void When_it_is_back_it_is_registered_with_at_once()
    {
        Begin();
        Scene.Advance(1000);
        Grant(Bob.Take().First(sent => sent.StartLine.StartsWith("REGISTER", StringComparison.Ordinal)));
        Scene.Advance(45_000);
        Assert.True(Carrier.Reach.IsDown);
        Assert.True(IsRegistered);
        var registers = new List<SentMessage>();
        for (var steps = 0; registers.Count == 0 && steps < 100; steps++)
        {
            foreach (var sent in Bob.Take())
            {
                if (sent.StartLine.StartsWith("OPTIONS", StringComparison.Ordinal))
                {
                    Answer(sent, 200);
                }
                else
                {
                    registers.Add(sent);
                }
            }

            Scene.Advance(100);
        }

        Assert.False(Carrier.Reach.IsDown);
        Grant(Assert.Single(registers));
        End();
    }
}
