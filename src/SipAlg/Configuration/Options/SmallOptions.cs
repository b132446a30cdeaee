using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Options;

internal sealed class MediaOptions
{
    public Located<FastPath>? FastPath { get; private set; }
    public Located<MediaSockets>? Sockets { get; private set; }
    public Located<RelayPriority>? Priority { get; private set; }

    public static ObjectShape<MediaOptions> Shape { get; } = new ObjectShape<MediaOptions>(_ => new MediaOptions())
        .Key("fast_path", new ChoiceShape<FastPath>([("auto", Configuration.FastPath.Auto), ("off", Configuration.FastPath.Off), ("required", Configuration.FastPath.Required)]),
            (o, v) => o.FastPath = v, "Relay in the kernel: where the system allows it, never, or else do not start.", "auto")
        .Key("sockets", new ChoiceShape<MediaSockets>([("auto", MediaSockets.Auto), ("per_port", MediaSockets.PerPort), ("shared", MediaSockets.Shared)]),
            (o, v) => o.Sockets = v, "A socket for each media port, or shared ones; auto: shared where descriptors are too few and the system allows it.", "auto")
        .Key("relay_priority", new ChoiceShape<RelayPriority>([("fair", RelayPriority.Fair), ("fifo", RelayPriority.Fifo)]),
            (o, v) => o.Priority = v, "How the system serves relay threads: with preference, or before all others, which then get what they leave.", "fair");
}

internal sealed class SipOptions
{
    private const ushort DnsPort = 53;

    public Located<TimeSpan>? T1 { get; private set; }
    public Located<int>? Lanes { get; private set; }
    public IReadOnlyList<Located<IpEndpoint>>? Dns { get; private set; }
    public Located<bool>? SeparateStrangers { get; private set; }

    private static readonly ScalarShape<IpEndpoint> NameServer = new("an IP address, perhaps with a port", text =>
        IpEndpoint.TryParse(text, out var endpoint) && endpoint.Port != 0 ? endpoint
        : IpAddress.TryParse(text, out var address) ? new IpEndpoint(address, DnsPort)
        : Parsed<IpEndpoint>.Bad("is no address of a name server", "write it as 10.0.0.53, 10.0.0.53:5353 or [2001:db8::53]:53"));

    public static ObjectShape<SipOptions> Shape { get; } = new ObjectShape<SipOptions>(_ => new SipOptions())
        .Key("t1", Durations.Between("10ms", "10s"), (o, v) => o.T1 = v, "Round-trip estimate that SIP timers build on (RFC 3261 §17.1.1.1).", "500ms")
        .Key("separate_strangers", new ChoiceShape<bool>([("auto", true), ("off", false)]), (o, v) => o.SeparateStrangers = v,
            "Strangers get a queue of their own on UDP listeners: where the system allows it, or never.", "auto")
        .Key("lanes", Scalars.Integer(1, 16), (o, v) => o.Lanes = v, "Threads that carry calls; one is enough for thousands of calls a second.", "1")
        .Key("dns", new ListShape<IpEndpoint>(NameServer, allowsOne: true), (o, v) => o.Dns = v.Value, "Name servers that are asked for the addresses of hosts.", "those of /etc/resolv.conf");
}

internal sealed class CallOptions
{
    public Located<TimeSpan>? NoAnswer { get; private set; }
    public Located<TimeSpan?>? MaxDuration { get; private set; }
    public Located<TimeSpan?>? SessionExpires { get; private set; }
    public Located<TimeSpan>? StopWait { get; private set; }
    public Located<TimeSpan?>? MediaTimeout { get; private set; }
    public Located<TimeSpan?>? HoldTimeout { get; private set; }

    public static ObjectShape<CallOptions> Shape { get; } = new ObjectShape<CallOptions>(_ => new CallOptions())
        .Key("no_answer", Durations.Between("1s", "1h"), (o, v) => o.NoAnswer = v, "How long a call may ring.", "3m")
        .Key("max_duration", Durations.BetweenOrOff("1s", "30d"), (o, v) => o.MaxDuration = v, "How long a call may last, or off.", "4h")
        .Key("session_expires", Durations.BetweenOrOff("90s", "24h"), (o, v) => o.SessionExpires = v, "The session interval asked of each side (RFC 4028), or off.", "30m")
        .Key("stop_wait", Durations.Between("0s", "24h"), (o, v) => o.StopWait = v, "How long a stopping gateway waits for calls to end by themselves.", "0s")
        .Key("media_timeout", Durations.BetweenOrOff("1s", "24h"), (o, v) => o.MediaTimeout = v, "How long an answered call may go on while neither side sends media, or off.", "60s")
        .Key("hold_timeout", Durations.BetweenOrOff("1s", "24h"), (o, v) => o.HoldTimeout = v, "The same for a call that is held, or off.", "off");
}

internal sealed class StateOptions
{
    public Located<string>? Folder { get; private set; }

    public static ObjectShape<StateOptions> Shape { get; } = new ObjectShape<StateOptions>(_ => new StateOptions())
        .Key("folder", Scalars.Path, (o, v) => o.Folder = v, "Folder of bindings, spools and demo passwords.", "./state");
}

internal sealed class LoggingOptions
{
    public Located<LogLevel>? Level { get; private set; }
    public Located<LogFormat>? Format { get; private set; }

    private static readonly ChoiceShape<LogLevel> Levels = new(
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("warning", LogLevel.Warning),
        ("error", LogLevel.Error), ("critical", LogLevel.Critical),
    ]);

    public static ObjectShape<LoggingOptions> Shape { get; } = new ObjectShape<LoggingOptions>(_ => new LoggingOptions())
        .Key("level", Levels, (o, v) => o.Level = v, "The least severe that is logged.", "information")
        .Key("format", new ChoiceShape<LogFormat>([("text", LogFormat.Text), ("json", LogFormat.Json)]), (o, v) => o.Format = v, "Lines for people or for programs.", "text");
}
