using SipAlg.Configuration.Options;

namespace SipAlg.Configuration.Building;

/// <summary>Turns what is written of call records into settings.</summary>
internal static class CdrBuilder
{
    private const long DefaultSize = 100 << 20;
    private const int DefaultKeep = 100;
    private const int DefaultBatch = 100;
    private const long DefaultSpool = 256 << 20;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <param name="cdr">Null: not written.</param>
    /// <param name="state">The folder for what is kept between runs.</param>
    /// <param name="resolve">Makes a path of the file absolute.</param>
    public static CdrSettings Build(CdrOptions? cdr, string state, Func<string, string> resolve)
    {
        var rotation = cdr?.Rotate is { } rotate ? Rotation(rotate) : null;
        var isSynced = cdr?.IsSynced?.Value ?? false;
        return new CdrSettings(
            cdr?.File is { } file ? new CdrFileSettings(resolve(file.Value), rotation, isSynced) : null,
            cdr?.Csv is { } csv ? new CdrFileSettings(resolve(csv.Value), rotation, isSynced) : null,
            cdr?.Webhook is { } webhook ? Webhook(webhook, state, isSynced) : null);
    }

    private static CdrRotation Rotation(CdrRotateOptions rotate) => new(
        rotate.Size is { } size ? size.Value : DefaultSize, rotate.Day?.Value ?? RotationDay.Off, rotate.Compresses?.Value ?? true,
        rotate.Keep?.Value ?? DefaultKeep, rotate.KeepFor?.Value);

    private static WebhookSettings Webhook(CdrWebhookOptions webhook, string state, bool isSynced) => new(
        webhook.Url!.Value, webhook.Token?.Value.Reveal(), webhook.Batch?.Value ?? DefaultBatch, webhook.Timeout?.Value ?? DefaultTimeout,
        Path.Combine(state, "cdr-webhook"), webhook.Spool?.Value ?? DefaultSpool, isSynced);
}
