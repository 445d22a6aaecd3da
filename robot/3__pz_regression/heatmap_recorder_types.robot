*** Settings ***
Documentation    Every recorder type is there. Which there are is specified by the interrogator's guide.

Resource         pz_config.resource

Test Setup       Use PZ Profile
Test Template    Heatmap Recorder Should Be Defined

Test Tags        pz-config    heatmap    high    gate


*** Test Cases ***                     RECORDER
Default channel                        DefaultChannel
Frequency span                         FreqSpan
Poles                                  Poles
Batches of anomalies                   ExtendedAnomalyInfoBatch
Mean of a batch                        MeanBatchData
Deviation per pixel                    StdValuePerPixel
Transients                             TransientInfo
Wind, spectrum per channel             WindChnlFftFeatures
Wind, features and spectra together    WindFeaturesAndSpectraAgg
Sums per angle                         AccumPerAngle
