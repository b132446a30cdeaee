using SipAlg.Calls.Calls;
using SipAlg.Media;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Where a call's media comes from is in its record, in the log and in the counters.</summary>
public sealed class MediaSourceTests : DtmfTest
{
    protected override SceneOptions Options => new();

    private const string NatAddress = "127.91.0.77";

    private void Heard(int sources)
    {
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    Scene.Turn(() => { });
                    return Scene.Journal.Sources.Count >= sources;
                },
                Patience),
            $"{sources} sources");
    }

    [Fact]
    public void Each_settling_and_refusal_is_in_the_record_with_both_addresses()
    {
        var (a, b) = Call();
        FromAlice.SendAudio();
        FromBob.Receive();
        Heard(1);
        using var stranger = new MediaSocket(NatAddress) { Gateway = FromAlice.Gateway };
        stranger.SendAudio(9);
        stranger.SendAudio(9);
        Heard(2);
        End(a, b);

        var record = Scene.Journal.Ended[0];
        var (settled, refused) = (record.Sources.Span[0], record.Sources.Span[1]);
        Assert.Equal(2, record.Sources.Length);
        var alice = SceneModel.Endpoint(SceneModel.AliceAddress, (ushort)FromAlice.Port);
        Assert.Equal((SourceChange.Settled, alice, alice), (settled.Told.Change, settled.Told.Source, settled.Told.Other));
        Assert.Equal((SourceChange.Refused, SceneModel.Endpoint(NatAddress, (ushort)stranger.Port), alice), (refused.Told.Change, refused.Told.Source, refused.Told.Other));
        Assert.Equal(Scene.Model.Realms[SceneModel.Inside].Name, settled.Realm);
        Assert.Equal(FromAlice.Gateway.Port, settled.Told.Port);
        Assert.True(settled.At >= record.Started && settled.At <= record.Ended);
        Assert.All(Scene.Journal.Sources, told => Assert.Equal(record.Id, told.Call));
        Assert.Equal(1, Scene.Calls.Counters.SourceTotal(SceneModel.Inside, SourceChange.Settled));
        Assert.Equal(1, Scene.Calls.Counters.SourceTotal(SceneModel.Inside, SourceChange.Refused));
        Assert.Equal(0, Scene.Calls.Counters.SourceTotal(SceneModel.Outside, SourceChange.Settled));
    }

    /// <summary>What the relay told last is taken before the record is closed.</summary>
    [Fact]
    public void What_is_told_at_the_very_end_is_in_the_record_too()
    {
        var (a, b) = Call();
        FromAlice.SendAudio();
        FromBob.Receive();
        End(a, b);
        Assert.Equal(SourceChange.Settled, Assert.Single(Scene.Journal.Ended[0].Sources.ToArray()).Told.Change);
    }

    [Fact]
    public void A_record_has_bounds()
    {
        var record = new CallRecord(1, "1"u8, "2"u8);
        Assert.True(record.Sources.IsEmpty);
        for (ushort port = 1; port <= 1000; port++)
        {
            record.Heard(new CallSource(default, "r", new SourceEvent(SourceChange.TookOver, false, 0, port, default, default, true, 0)));
        }

        Assert.Equal(32, record.Sources.Length);
        Assert.Equal(Enumerable.Range(1, 32), record.Sources.ToArray().Select(source => (int)source.Told.Port));
    }
}
