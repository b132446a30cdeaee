using SipAlg.Calls.Model;
using SipAlg.Fuzz.Engine;
using SipAlg.Testing.Calls;

namespace SipAlg.Fuzz.Targets;

/// <summary>
/// A whole gateway with phones that call, answer, move and hang up in any order, as the input says, while damaged copies of their own
/// messages arrive among them. It never throws, sends only messages, and when all is over nothing is left: no call, dialog, transaction,
/// timer, kept message or media port.
/// </summary>
internal sealed class SceneTarget() : Target("scene", 1, Scripts, SceneScript.Words)
{
    private const long MostMemory = 256L << 20;
    private const long Ever = 3 * 3600 * 1000;

    /// <summary>A basic call, one that is cancelled, a hold, a transfer, each with some damage.</summary>
    private static readonly byte[][] Scripts =
    [
        [0, 0, 9, 1, 1, 17, 9, 1, 2, 4, 2, 10, 3, 1, 17, 9, 3, 0, 7, 5],
        [0, 0, 1, 1, 5, 12, 1, 9, 7, 1, 4, 40],
        [0, 0, 1, 2, 4, 2, 3, 1, 4, 1, 2, 8, 77, 9, 3, 8, 4, 2, 11, 5, 3, 5],
        [0, 1, 4, 2, 3, 2, 8, 1, 13, 2, 3, 0], [0, 2, 4, 2, 14, 1, 3, 6], [3, 9, 1, 1, 4, 8, 3, 10, 1, 0, 7, 200],
    ];

    public override int MostTime => 5000;

    public override string? Check(FuzzInput input, Features features)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var scene = new CallScene(new SceneOptions
        {
            ChecksMessages = false,
            Calls = new CallSettings(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10), TimeSpan.Zero) { SessionExpires = TimeSpan.FromMinutes(30), MediaTimeout = TimeSpan.FromMinutes(1) },
            MediaPairs = 12,
        });
        var script = new SceneScript(scene, features);
        script.Run(input.Octets[..Math.Min(input.Length, 160)]);
        scene.Advance(Ever);
        scene.End();
        features.AddSize(90, scene.Journal.Ended.Count);
        foreach (var call in scene.Journal.Ended)
        {
            features.Add(91, (int)call.Cause);
        }

        return scene.Journal.Faults.Count > 0 ? $"A fault was journalled: {scene.Journal.Faults[0]}"
            : GC.GetAllocatedBytesForCurrentThread() - before > MostMemory ? $"It takes {(GC.GetAllocatedBytesForCurrentThread() - before) >> 20} MB."
            : script.Problem;
    }
}
