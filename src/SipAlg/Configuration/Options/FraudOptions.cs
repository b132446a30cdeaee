using System.Text.Json.Nodes;
using SipAlg.Calls.Fraud;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>Limits against toll fraud.</summary>
internal sealed class FraudOptions
{
    public IReadOnlyList<Named<NumbersOptions>> Numbers { get; private set; } = [];
    public AccountOptions? Users { get; private set; }
    public AccountOptions? Peers { get; private set; }

    /// <summary>The beginning of a number.</summary>
    public static ScalarShape<string> Prefix { get; } = new("the beginning of a number", text =>
        text.Length is > 0 and <= 32 && text.LastIndexOf('+') <= 0 && text.Trim('+').All(char.IsAsciiDigit) ? text : Parsed<string>.Bad("is no beginning of a number", "write it as 0900 or +882"),
        new JsonObject { ["type"] = new JsonArray("string", "integer"), ["minimum"] = 0, ["maximum"] = 1e32, ["pattern"] = "^(?=.{1,32}$)[+]?[0-9]*$" });

    public static ObjectShape<FraudOptions> Shape { get; } = new ObjectShape<FraudOptions>(_ => new FraudOptions())
        .Key("numbers", new MapShape<NumbersOptions>(NumbersOptions.Shape, Names.Fault, names: Names.Schema), (o, v) => o.Numbers = v.Value, "Lists of numbers, by name, that limits may be about.")
        .Key("users", AccountOptions.Shape, (o, v) => o.Users = v.Value, "What each user may use that has no limits of its own.", "no limits")
        .Key("peers", AccountOptions.Shape, (o, v) => o.Peers = v.Value, "The same of each peer, for calls that it begins, redirects or transfers.", "no limits");
}

/// <summary>What a user or a peer may use: of all calls, and of those to certain numbers.</summary>
internal sealed class AccountOptions
{
    public CallLimitOptions All { get; } = new();
    public IReadOnlyList<Named<CallLimitOptions>> To { get; private set; } = [];

    public static ObjectShape<AccountOptions> Shape { get; } = CallLimitOptions.Keys(new ObjectShape<AccountOptions>(_ => new AccountOptions()), account => account.All)
        .Key("to", new MapShape<CallLimitOptions>(CallLimitOptions.Shape, Names.Fault, names: Names.Schema), (o, v) => o.To = v.Value, "The same for calls to a list of fraud.numbers, by its name.");
}

internal sealed class CallLimitOptions
{
    public LimitLevels? Calls { get; private set; }
    public LimitLevels? CallsPerHour { get; private set; }
    public LimitLevels? MinutesPerDay { get; private set; }

    /// <summary>Where no alarm level is written.</summary>
    private const double AlarmShare = 0.8;

    private sealed class LevelOptions
    {
        public Located<int>? Alarm { get; private set; }
        public Located<int>? Block { get; private set; }

        public static ObjectShape<LevelOptions> Shape { get; } = new ObjectShape<LevelOptions>(_ => new LevelOptions())
            .Key("alarm", Number, (o, v) => o.Alarm = v, "From here on operators are told.", "none")
            .Key("block", Number, (o, v) => o.Block = v, "No more than this.", "none");
    }

    private static ScalarShape<int> Number { get; } = Scalars.Integer(0, 1_000_000);

    private static Shape<LimitLevels> Levels { get; } = new EitherShape<LimitLevels>(
        "a number, or { alarm: …, block: … }",
        new MappedShape<int, LimitLevels>(Number, block => new LimitLevels(block == 0 ? null : (int)Math.Ceiling(block * AlarmShare), block)),
        mapping: new MappedShape<LevelOptions, LimitLevels>(LevelOptions.Shape, levels => new LimitLevels(levels.Alarm?.Value, levels.Block?.Value)));

    public static ObjectShape<CallLimitOptions> Shape { get; } = Keys(new ObjectShape<CallLimitOptions>(_ => new CallLimitOptions()), limits => limits);

    public static ObjectShape<T> Keys<T>(ObjectShape<T> shape, Func<T, CallLimitOptions> limits)
        where T : class => shape
            .Key("calls", Levels, (o, v) => limits(o).Calls = v.Value, "Calls at once.", "no limit")
            .Key("calls_per_hour", Levels, (o, v) => limits(o).CallsPerHour = v.Value, "Calls begun within the last hour.", "no limit")
            .Key("minutes_per_day", Levels, (o, v) => limits(o).MinutesPerDay = v.Value, "Minutes talked since midnight, in the time zone of the host.", "no limit");

    /// <summary>Null where nothing is limited.</summary>
    public CallLimits? Build()
    {
        var limits = new CallLimits { Calls = Calls ?? default, CallsPerHour = CallsPerHour ?? default, MinutesPerDay = MinutesPerDay ?? default };
        return limits is { Calls.IsEmpty: true, CallsPerHour.IsEmpty: true, MinutesPerDay.IsEmpty: true } ? null : limits;
    }
}
