using System.Globalization;

namespace SipAlg.Fuzz;

/// <summary>What the command line asks for.</summary>
internal sealed record FuzzOptions
{
    public long Inputs { get; private init; } = 1_000_000;

    /// <summary>Ends then, whatever is left of the inputs.</summary>
    public double Seconds { get; private init; } = double.MaxValue;
    public ulong Seed { get; private init; } = 1;

    /// <summary>Targets by name; empty: all.</summary>
    public string[] Only { get; private init; } = [];
    public string Findings { get; private init; } = "artifacts/fuzz";
    public string? Replay { get; private init; }
    public bool Lists { get; private init; }

    /// <returns>Null: it is not understood.</returns>
    public static FuzzOptions? Read(string[] arguments)
    {
        var options = new FuzzOptions();
        for (var at = 0; at < arguments.Length && options is not null; at += arguments[at] == "--list" ? 1 : 2)
        {
            options = arguments[at] == "--list" ? options with { Lists = true } : at + 1 < arguments.Length ? options.With(arguments[at], arguments[at + 1]) : null;
        }

        return options;
    }

    private FuzzOptions? With(string name, string value) => name switch
    {
        "--inputs" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var inputs) => this with { Inputs = inputs },
        "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) => this with { Seconds = seconds },
        "--seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) => this with { Seed = seed },
        "--only" => this with { Only = value.Split(',') },
        "--findings" => this with { Findings = value },
        "--replay" => this with { Replay = value },
        _ => null,
    };
}
