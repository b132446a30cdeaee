using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Media;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Media ports that run short, those kept for emergencies, and those that a call forgets.</summary>
public sealed class PortTests : CallTest
{
    private const int Pairs = 5;

    private Func<RealmMedia, RealmMedia> _media = media => media with { Reserve = 2 };

    protected override SceneOptions Options => new()
    {
        MediaPairs = Pairs,
        Realm = realm => realm with { Media = _media(realm.Media) },
        Routes = model => [SceneModel.Dialplan(SceneModel.Head("emergency", [SceneModel.Called("112")], isEmergency: true), RouteEdits.None, SceneModel.To(model.Bob))],
    };

    private List<(PhoneDialog A, PhoneDialog B)> Fill() => [.. Enumerable.Range(0, Pairs - 1).Select(_ => Answered())];

    private void End(List<(PhoneDialog A, PhoneDialog B)> calls)
    {
        calls.ForEach(call => HangUp(call.A, call.B));
        Scene.End();
    }

    [Fact]
    public void An_ordinary_call_without_ports_is_503_with_a_time_and_an_emergency_takes_the_reserve()
    {
        var calls = Fill();
        var refused = Alice.Call();
        var answer = Encoding.UTF8.GetString(refused.Expect(503).Octets);
        Assert.Contains("\r\nRetry-After: 5\r\n", answer, StringComparison.Ordinal);
        Assert.Equal([PortTakeResult.Exhausted], Scene.Journal.Refusals);

        var a = Alice.Call("112");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        Assert.Equal(2 * Pairs, Scene.PortsInUse);
        calls.Add((a, b));
        End(calls);
    }

    [Fact]
    public void Who_adds_a_stream_that_has_no_ports_is_503_with_a_time()
    {
        var calls = Fill();
        calls[0].A.Invite(Alice.Sdp(version: 2, media: "m=video 5000 RTP/AVP 96\r\n"));
        Assert.Contains("\r\nRetry-After: 5\r\n", Encoding.UTF8.GetString(calls[0].A.Expect(503).Octets), StringComparison.Ordinal);
        End(calls);
    }

    [Fact]
    public void It_is_told_once_and_before_calls_fail()
    {
        var calls = Fill();
        Assert.Equal([("inside", 4, 4), ("outside", 4, 4)], Scene.Journal.Scarce);
        Assert.Empty(Scene.Journal.Exhausted);
        Alice.Call().Expect(503);
        HangUp(calls[0].A, calls[0].B);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2 * (Pairs - 2), TimeSpan.FromSeconds(20)));
        calls[0] = Answered();
        Assert.Equal(2, Scene.Journal.Scarce.Count);
        End(calls);
    }

    [Fact]
    public void Why_there_is_none_is_told()
    {
        _media = media => media with { BindV4 = IpAddress.Parse("192.0.2.1") };
        Alice.Call().Expect(503);
        Assert.Equal([PortTakeResult.NoSuchAddress], Scene.Journal.Refusals);
        Scene.End(CallCause.NoMediaPorts, CallOutcome.Rejected, 503);
    }

    /// <summary>A fault of ours, put here by hand: a port that the call has taken and nobody gives back.</summary>
    [Fact]
    public void A_port_that_a_call_forgets_is_named_counted_and_free_again()
    {
        var (a, b) = Answered();
        var (slot, call) = Enumerable.Range(0, 16).Select(slot => (slot, Scene.Calls.At(slot) as Call)).Single(found => found.Item2 is not null);
        var id = call!.Record.Id;
        MediaPort forgotten = default;

        // The first owner of a slot has generation 1.
        Scene.Turn(() => Assert.True(Scene.Calls.Room.Media.TryTake(
            SceneModel.Outside, new MediaAddress(IpAddress.Parse(Scene.Model.OutsideAddress), default), 0, false, CallLane.SourceOwner(slot, 1), call: 0, out forgotten)));
        Assert.Equal(3, Scene.PortsInUse);
        HangUp(a, b);
        Scene.Advance(32_000);
        Assert.Equal([(id, "outside", forgotten.Port)], Scene.Journal.Leaked);
        Assert.Equal((0, 1), (Scene.Calls.Counters.LeakedPorts(SceneModel.Inside), Scene.Calls.Counters.LeakedPorts(SceneModel.Outside)));
        Scene.Journal.Leaked.Clear();
        Scene.End();
    }
}
