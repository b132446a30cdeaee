using SipAlg.Calls.Dialplan;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Races;

/// <summary>Gateways for races.</summary>
internal static class RaceScenes
{
    /// <summary>Bob and carol ring together.</summary>
    public const string Both = "both";

    /// <summary>Bob, and carol if he will not.</summary>
    public const string OneByOne = "one-by-one";

    public static SceneOptions Usual { get; } = new() { Routes = Routes };

    /// <summary>The gateway asks for sessions of 90 s.</summary>
    public static SceneOptions Timed { get; } = Usual with { Calls = Usual.Calls with { SessionExpires = TimeSpan.FromSeconds(90) } };

    private static IEnumerable<Route> Routes(SceneModel model) =>
    [
        SceneModel.Dialplan(
            SceneModel.Head("both", [SceneModel.Called(Both)]) with { RingsAll = true }, RouteEdits.None,
            SceneModel.To(model.Bob) with { Priority = 1 }, SceneModel.To(model.Carol) with { Priority = 1 }),
        SceneModel.Dialplan(SceneModel.Head("one by one", [SceneModel.Called(OneByOne)]), RouteEdits.None, SceneModel.To(model.Bob), SceneModel.To(model.Carol)),
        SceneModel.Route("carol", [SceneModel.Called("carol")], SceneModel.To(model.Carol)),
    ];
}
