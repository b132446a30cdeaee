using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>Where call records go.</summary>
internal sealed class CdrOptions
{
    public Located<string>? File { get; private set; }
    public Located<string>? Csv { get; private set; }
    public CdrRotateOptions? Rotate { get; private set; }
    public Located<bool>? IsSynced { get; private set; }
    public CdrWebhookOptions? Webhook { get; private set; }

    public static ObjectShape<CdrOptions> Shape { get; } = new ObjectShape<CdrOptions>(_ => new CdrOptions())
        .Key("file", Scalars.Path, (o, v) => o.File = v, "File of call records, one JSON line a call.")
        .Key("csv", Scalars.Path, (o, v) => o.Csv = v, "File of call records as CSV, with a header line.")
        .Key("rotate", CdrRotateOptions.Shape, (o, v) => o.Rotate = v.Value, "When these files are begun anew, and what becomes of the old ones.", "never")
        .Key("sync", new ChoiceShape<bool>([("none", false), ("group", true)]), (o, v) => o.IsSynced = v, "Whether each group of records is forced to the disk: none or group.", "none")
        .Key("webhook", CdrWebhookOptions.Shape, (o, v) => o.Webhook = v.Value, "An HTTP server that gets the records.");
}

internal sealed class CdrRotateOptions
{
    /// <summary>Octets; null inside it for off.</summary>
    public Located<long?>? Size { get; private set; }
    public Located<RotationDay>? Day { get; private set; }
    public Located<bool>? Compresses { get; private set; }
    public Located<int>? Keep { get; private set; }
    public Located<TimeSpan?>? KeepFor { get; private set; }

    public static ObjectShape<CdrRotateOptions> Shape { get; } = new ObjectShape<CdrRotateOptions>(_ => new CdrRotateOptions())
        .Key("size", Sizes.BetweenOrOff("64KiB", "64GiB"), (o, v) => o.Size = v, "A file does not grow beyond it; or off.", "100MiB")
        .Key("day", new ChoiceShape<RotationDay>([("off", RotationDay.Off), ("utc", RotationDay.Utc), ("local", RotationDay.Local)]), (o, v) => o.Day = v, "Whether each day has files of its own, by UTC or by local time.", "off")
        .Key("gzip", Scalars.Flag, (o, v) => o.Compresses = v, "Whether old files are compressed.", "true")
        .Key("keep", Scalars.Integer(1, 100_000), (o, v) => o.Keep = v, "How many old files are kept, of each kind.", "100")
        .Key("keep_for", Durations.BetweenOrOff("1h", "3650d"), (o, v) => o.KeepFor = v, "How long old files are kept, or off.", "off");
}

internal sealed class CdrWebhookOptions
{
    public Located<Uri>? Url { get; private set; }
    public Located<Secret>? Token { get; private set; }
    public Located<int>? Batch { get; private set; }
    public Located<TimeSpan>? Timeout { get; private set; }
    public Located<long>? Spool { get; private set; }

    private static readonly ScalarShape<Uri> HttpUrl = new("a URL", text =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            ? url.UserInfo.Length == 0 ? url : Parsed<Uri>.Bad("holds a user name", "write token: for a bearer token")
            : Parsed<Uri>.Bad("is no URL of a web server", "write it as https://billing.example/calls"));

    public static ObjectShape<CdrWebhookOptions> Shape { get; } = new ObjectShape<CdrWebhookOptions>(_ => new CdrWebhookOptions())
        .Required("url", HttpUrl, (o, v) => o.Url = v, "Where records are posted to, as http:// or https://.")
        .Key("token", SecretShape.Token, (o, v) => o.Token = v, "Sent as a bearer token.")
        .Key("batch", Scalars.Integer(1, 1000), (o, v) => o.Batch = v, "Records in one request, at most.", "100")
        .Key("timeout", Durations.Between("100ms", "5m"), (o, v) => o.Timeout = v, "For the answer.", "10s")
        .Key("spool", Sizes.Between("1MiB", "64GiB"), (o, v) => o.Spool = v, "Disk space in the state folder for records that wait.", "256MiB");
}
