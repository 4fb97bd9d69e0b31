//! `tessera_mask_hash(text)`: the hash mask.
use aws_lc_rs::hmac;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, utils::take_function_args};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use std::{
    fmt::{self, Write},
    hash::{Hash, Hasher},
    sync::Arc,
};
use tessera_access::Credentials;
use tessera_sql::functions;

/// Hex HMAC-SHA-256 of a text, under the organization's key: equal values stay equal, and nothing else can be read from it.
///
/// INVARIANT: known only while bodies of governed relations are planned. A person who could call it would hash guesses.
struct MaskHash {
    key: Arc<hmac::Key>,
    signature: Signature,
}

pub(crate) fn mask_hash(credentials: &Credentials) -> Arc<ScalarUDF> {
    Arc::new(ScalarUDF::new_from_impl(MaskHash {
        key: Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &credentials.mask_key)),
        signature: Signature::string(1, Volatility::Immutable),
    }))
}

impl ScalarUDFImpl for MaskHash {
    fn name(&self) -> &str {
        functions::mask_hash().name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = matches!(args.args.as_slice(), [ColumnarValue::Scalar(_)]);
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [texts] = take_function_args(self.name(), arrays)?;
        let texts = cast(&texts, &DataType::LargeUtf8)?;
        let texts = texts.as_string::<i64>();
        let mut hashes = StringBuilder::with_capacity(texts.len(), texts.len() * 64);
        for text in texts {
            if let Some(text) = text {
                for byte in hmac::sign(&self.key, text.as_bytes()).as_ref() {
                    write!(hashes, "{byte:02x}")
                        .map_err(|error| datafusion::error::DataFusionError::External(error.into()))?;
                }
                hashes.append_value("");
            } else {
                hashes.append_null();
            }
        }
        let hashes: ArrayRef = Arc::new(hashes.finish());
        if scalar {
            Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&hashes, 0)?))
        } else {
            Ok(ColumnarValue::Array(hashes))
        }
    }
}

// Two are the same function when they hold the same key.
impl PartialEq for MaskHash {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.key, &other.key)
    }
}

impl Eq for MaskHash {}

impl Hash for MaskHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.key).hash(state);
    }
}

impl fmt::Debug for MaskHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MaskHash")
    }
}
